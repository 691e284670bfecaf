import type { Template } from 'aws-cdk-lib/assertions'
import * as z from 'zod'

const Reference = z.object({ Ref: z.string() })
const Joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) })

const AWS: Record<string, string> = { 'AWS::Region': 'eu-west-1', 'AWS::URLSuffix': 'amazonaws.com' }

/** All outputs, with a logical id in place of each reference. A queue's reference is its URL. */
export function outputsOf(template: Template): Record<string, string> {
  const queues = Object.keys(template.findResources('AWS::SQS::Queue'))
  const text = (part: unknown): string => {
    if (typeof part === 'string') return part
    const { success, data } = Reference.safeParse(part)
    if (!success) return JSON.stringify(part)
    return queues.includes(data.Ref) ? `https://${data.Ref}` : (AWS[data.Ref] ?? data.Ref)
  }
  const resolve = (value: unknown): string => {
    const joined = Joined.safeParse(value)
    return joined.success ? joined.data['Fn::Join'][1].map(text).join('') : text(value)
  }
  return Object.fromEntries(
    Object.entries(template.findOutputs('*')).map(([name, { Value }]) => [name, resolve(Value)]),
  )
}
