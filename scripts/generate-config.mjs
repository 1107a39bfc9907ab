// Writes what is derived from src/config/schema.ts: the editor's JSON Schema and the file of all defaults.
import { writeFileSync } from 'node:fs'
import { defaultYaml } from '../src/config/default-yaml.ts'
import { editorSchemaText } from '../src/config/json-schema.ts'

writeFileSync(new URL('../config/schema.json', import.meta.url), editorSchemaText())
writeFileSync(new URL('../config/default.yaml', import.meta.url), defaultYaml())
