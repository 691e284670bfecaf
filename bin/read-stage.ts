import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { type ReadSettings, readSettings } from '../lib/settings.ts'
import { readStages } from '../lib/stages.ts'
import { UsageError } from './cli/program.ts'
import { didYouMean } from './cli/suggest.ts'

const CDK_JSON = new URL('../cdk.json', import.meta.url)
const CdkJson = z.object({ context: z.object({ bridge: z.unknown() }) })

/**
 * @param file cdk.json.
 * @returns the settings of a stage in cdk.json, or the problems with them.
 */
export function readStage(stage: string, file: URL | string = CDK_JSON): ReadSettings {
  const read = readBridge(file)
  return 'problem' in read ? { problems: [read.problem] } : readSettings(read.bridge, stage)
}

/** @returns the names of the stages in cdk.json; none if it is not readable. */
export function stageNames(file: URL | string = CDK_JSON): string[] {
  const read = readBridge(file)
  if ('problem' in read) return []
  const stages = readStages(read.bridge)
  return 'problem' in stages ? [] : [...stages.settings.keys()]
}

/** @throws UsageError if cdk.json has no such stage. */
export function requireStage(name: string): void {
  const known = stageNames()
  if (known.length === 0 || known.includes(name)) return
  throw new UsageError(
    `cdk.json has no stage ${name}. Known stages: ${known.join(', ')}.${didYouMean(name, known)}`,
  )
}

/** @returns what cdk.json has under `context.bridge`, or a sentence that says why it cannot be read. */
function readBridge(file: URL | string): { bridge: unknown } | { problem: string } {
  try {
    const { data } = CdkJson.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return { bridge: data?.context.bridge }
  } catch (error) {
    if (error instanceof SyntaxError)
      return { problem: `Correct cdk.json, which is not valid JSON (${placeIn(error)}).` }
    const reason = error instanceof Error ? error.message : String(error)
    return { problem: `cdk.json cannot be read: ${reason}.` }
  }
}

/** Node names the line of some errors. For the others, it quotes the text around the error. */
function placeIn({ message }: SyntaxError): string {
  const [, line] = /\(line (\d+) column \d+\)/.exec(message) ?? []
  if (line !== undefined) return `line ${line}`
  return message.replace(/ is not valid JSON$/, '').replace(/\s+/g, ' ')
}
