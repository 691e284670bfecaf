import * as z from 'zod'

const Attribute = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
const Joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) })

/** A text in a template, with a logical id in place of each reference. */
export function resolveText(value: unknown): string {
  if (typeof value === 'string') return value
  const joined = Joined.safeParse(value)
  if (joined.success) return joined.data['Fn::Join'][1].map(resolveText).join('')
  const attribute = Attribute.safeParse(value)
  if (attribute.success) return attribute.data['Fn::GetAtt'][0]
  const [, id] = /"Ref":"([^"]+)"/.exec(JSON.stringify(value)) ?? []
  if (id === undefined) throw new Error(`refers to nothing: ${JSON.stringify(value)}`)
  return id
}
