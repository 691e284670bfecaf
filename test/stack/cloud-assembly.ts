import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

/** The output of the last `npm run synth`. */
const FOLDER = 'cdk.out'

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

const readJson = (file: string) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))

/** The path of the file that Lambda starts for the only function whose logical id begins with `logicalId`. */
export function bundleOf(logicalId: string): string {
  const { artifacts } = Manifest.parse(readJson('manifest.json'))
  const templates = Object.values(artifacts).flatMap(({ properties: { templateFile } }) => templateFile ?? [])
  const keys = templates
    .flatMap((file) => Object.entries(Template.parse(readJson(file)).Resources))
    .filter(([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(logicalId))
    .flatMap(([, { Properties }]) => Properties?.Code?.S3Key ?? [])
  const [key] = keys
  if (key === undefined || keys.length > 1)
    throw new Error(`${keys.length} functions ${logicalId} in ${FOLDER}`)
  return join(FOLDER, `asset.${key.replace('.zip', '')}`, 'index.mjs')
}
