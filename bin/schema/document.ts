import * as z from 'zod'
import { Settings } from '../../lib/settings.ts'
import type { Descriptions } from './descriptions.ts'

type Schema = z.core.JSONSchema.BaseSchema

/** Editors support this version of JSON Schema best. */
const DRAFT = 'draft-7'

/** JSON Schema cannot express some rules, such as those between settings. */
const FURTHER_RULES = '`cdk synth` also checks rules that this schema cannot express.'

/**
 * Builds the JSON Schema of cdk.json from the schemas that `cdk synth` checks the settings with. The entry of a
 * stage is merged over `defaults`, so neither has to be complete: no setting is required, except within lists,
 * which are replaced as a whole. The CDK's own keys are not described.
 */
export function cdkSchema(descriptions: Descriptions): Schema {
  const { $schema, ...settings } = z.toJSONSchema(Settings, {
    io: 'input',
    target: DRAFT,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // Zod bounds integers by what a double can represent.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      const checks = zodSchema._zod.def.checks ?? []
      if (checks.some(({ _zod }) => _zod.def.check === 'custom')) jsonSchema.description = FURTHER_RULES
    },
  })
  const entry = { $ref: '#/definitions/settings' }
  const bridge = {
    description: '"defaults" contains what all stages share, and the entry of each stage what differs.',
    type: 'object',
    properties: { defaults: entry },
    additionalProperties: entry,
  } as const
  return {
    ...($schema && { $schema }),
    title: 'cdk.json of the bridge from ActionIQ to Braze',
    type: 'object',
    properties: { context: { type: 'object', properties: { bridge }, required: ['bridge'] } },
    required: ['context'],
    definitions: { settings: asEntry(settings, { name: [], inList: false }, descriptions) },
  }
}

type Place = {
  /** The setting that a schema describes, as in `Descriptions`. */
  name: readonly string[]
  /** A list is not merged, so what its entries require is required. */
  inList: boolean
}

/** @returns the schema with the descriptions of its settings, none of which is required. */
function asEntry(schema: Schema, place: Place, descriptions: Descriptions): Schema {
  const below = (inner: Schema, part: string, inList = place.inList) =>
    asEntry(inner, { name: [...place.name, part], inList }, descriptions)
  const { required, properties, additionalProperties, items, anyOf, oneOf, ...others } = schema
  const texts = [descriptions.get(place.name.join('.')), schema.description].filter((text) => text)
  return {
    ...others,
    ...(texts.length > 0 && { description: texts.join('. ') }),
    ...(place.inList && required && { required }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [
          name,
          isSchema(inner) ? below(inner, name) : inner,
        ]),
      ),
    }),
    ...(additionalProperties !== undefined && {
      additionalProperties: isSchema(additionalProperties)
        ? below(additionalProperties, '*')
        : additionalProperties,
    }),
    ...(isSchema(items) && { items: below(items, '*', true) }),
    ...(anyOf && { anyOf: anyOf.map((inner) => below(inner, kindOf(inner))) }),
    ...(oneOf && { oneOf: oneOf.map((inner) => below(inner, kindOf(inner))) }),
  }
}

/** A schema can also be `true` or `false`, for anything or nothing. */
const isSchema = (schema: Schema['items']): schema is Schema =>
  typeof schema === 'object' && !Array.isArray(schema)

/** @returns the value of `kind` that chooses this one of several schemas, if there is such a value. */
function kindOf({ properties }: Schema): string {
  const kind = properties?.kind
  return isSchema(kind) ? String(kind.const) : ''
}
