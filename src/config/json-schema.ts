import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The part of JSON Schema that zod writes for the configuration. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean | JsonSchema
  readonly required?: readonly string[]
  readonly anyOf?: readonly JsonSchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly items?: boolean | JsonSchema
  readonly prefixItems?: readonly JsonSchema[]
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly minItems?: number
}

/** A schema that allows several types as one schema a type; any other as itself. */
export function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  if (schema.anyOf) return schema.anyOf
  return typeof schema.type === 'object' ? schema.type.map((type) => ({ ...schema, type })) : [schema]
}

let cached: JsonSchema | undefined

/** Every key a configuration file may hold, as JSON Schema (draft 2020-12). */
export function configJsonSchema(): JsonSchema {
  cached ??= z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema
  return cached
}

/** The same for editors, with the words that are accepted but not kept. */
export function editorSchemaText(): string {
  const schema = configJsonSchema()
  const dryRun = { description: 'The same as `mode: paper`.', type: 'boolean' }
  const document = {
    ...schema,
    title: 'Lodestone configuration',
    properties: { ...schema.properties, dry_run: dryRun },
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
