import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import * as z from 'zod'
import { readSettings } from '../../lib/settings.ts'
import { BridgeStack } from '../../lib/stack.ts'

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) })
const Manifest = z.object({
  artifacts: z.record(z.string(), z.object({ properties: z.object({ templateFile: z.string() }).partial() })),
})
const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z
        .object({ Code: z.object({ S3Key: z.string() }) })
        .partial()
        .optional(),
    }),
  ),
})

/**
 * Synthesizes the stage `dev` of cdk.json with its bundles, from the code as it is now, so that nobody judges
 * an old bundle.
 * @param folder where to write it.
 * @returns the path of the file that Lambda starts for the only function whose logical id begins with the
 * given one.
 */
export function synthesizeBundles(folder: string): (logicalId: string) => string {
  const { context } = CdkJson.parse(JSON.parse(readFileSync('cdk.json', 'utf8')))
  const read = readSettings(context.bridge, 'dev')
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  const app = new App({ context, outdir: folder })
  const { connections } = read.settings
  // Only a connection that may read profiles brings the exporter into the stack.
  const settings = {
    ...read.settings,
    connections: { ...connections, default: { ...connections.default, exports: ['email'] } },
  }
  new BridgeStack(app, settings.stackName, { stage: 'dev', settings })
  app.synth()
  return (logicalId) => bundleOf(folder, logicalId)
}

function bundleOf(folder: string, logicalId: string): string {
  const readJson = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const { artifacts } = Manifest.parse(readJson('manifest.json'))
  const templates = Object.values(artifacts).flatMap(({ properties: { templateFile } }) => templateFile ?? [])
  const keys = templates
    .flatMap((file) => Object.entries(Template.parse(readJson(file)).Resources))
    .filter(([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(logicalId))
    .flatMap(([, { Properties }]) => Properties?.Code?.S3Key ?? [])
  const [key] = keys
  if (key === undefined || keys.length > 1)
    throw new Error(`${keys.length} functions ${logicalId} in ${folder}`)
  return join(folder, `asset.${key.replace('.zip', '')}`, 'index.mjs')
}
