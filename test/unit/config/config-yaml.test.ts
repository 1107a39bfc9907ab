import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configYaml } from '../../../src/config/config-yaml.ts'
import { defaultYaml } from '../../../src/config/default-yaml.ts'
import { editorSchemaText } from '../../../src/config/json-schema.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { configSchema } from '../../../src/config/schema.ts'

const directory = resolve(import.meta.dirname, '../../../config')
const stored = (name: string): string => readFileSync(resolve(directory, name), 'utf8')
const howTo = 'run: node scripts/generate-config.mjs'

describe('the generated files', () => {
  it('are in step with the schema', () => {
    expect(stored('schema.json') === editorSchemaText(), `config/schema.json is old; ${howTo}`).toBe(true)
    expect(stored('default.yaml') === defaultYaml(), `config/default.yaml is old; ${howTo}`).toBe(true)
  })

  it('give the built-in defaults', () => {
    const file = resolve(directory, 'default.yaml')
    const loaded = loadConfig({ files: [file], environment: {} })
    const builtIn = loadConfig({ environment: {} })
    expect(loaded.kind === 'ok' && loaded.file).toEqual(configSchema.parse({}))
    expect(loaded.kind === 'ok' && loaded.hash).toBe(builtIn.kind === 'ok' && builtIn.hash)
  })

  it('let editors accept dry_run, and no unknown key', () => {
    const schema = JSON.parse(stored('schema.json')) as {
      properties: Record<string, unknown>
      additionalProperties: unknown
    }
    expect(schema.properties).toHaveProperty('dry_run')
    expect(schema.additionalProperties).toBe(false)
  })
})

describe('configYaml', () => {
  it('gives back the values it was given', () => {
    const file = {
      ...configSchema.parse({}),
      timeframe: 'null',
      market: '5',
      heatmap: { url: 'a: b # c', file: '', x: ['p, q', '-'] },
    }
    expect(parse(configYaml(file, () => undefined))).toEqual(file)
  })

  it('puts a comment beside a value, or above it where the line would be long', () => {
    const long = 'x'.repeat(110)
    expect(configYaml({ mode: 'paper' }, () => 'short')).toBe('mode: paper  # short\n')
    expect(configYaml({ mode: 'paper' }, () => long)).toBe(`# ${long}\nmode: paper\n`)
  })
})
