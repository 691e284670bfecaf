/**
 * npm runs this after each installation. It links the Node that `optionalDependencies` names for this platform as
 * `node`, for the commands of npm run. npm links it too, but npm 10 then removes the link together
 * with the packages of other platforms (https://github.com/npm/cli/issues/4362). This is plain JavaScript,
 * because the machine's own Node runs it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

const { optionalDependencies } = JSON.parse(readFileSync(pathOf('package.json'), 'utf8'))
const [name, version] =
  Object.entries(optionalDependencies).find(([one]) =>
    one.endsWith(`-${process.platform}-${process.arch}`),
  ) ?? []

// If there is no package for the platform, the machine's own Node runs everything, provided that it is new enough.
if (name !== undefined) {
  if (existsSync(pathOf(`node_modules/${name}/bin/node`))) link()
  else explainMissing()
}

function link() {
  const path = pathOf('node_modules/.bin/node')
  mkdirSync(pathOf('node_modules/.bin'), { recursive: true })
  rmSync(path, { force: true })
  symlinkSync(`../${name}/bin/node`, path)
}

function explainMissing() {
  const [own, wanted] = [process.versions.node, version].map((one) => Number.parseInt(one, 10))
  console.error(
    `${name}@${version} was not installed. npm silently leaves it out if its hash differs from the one in package-lock.json, if the registry does not have it, or if optional packages are omitted.`,
  )
  if (own >= wanted) console.error(`Node ${process.versions.node} of this machine is used instead.`)
  else {
    console.error(`Node ${wanted} is needed, and this machine has ${process.versions.node}.`)
    process.exitCode = 1
  }
}
