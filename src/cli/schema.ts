import type { Command } from './command.ts'
import { EXIT } from './exit-code.ts'

export const schema: Command = {
  name: 'schema',
  description: 'Print the JSON Schema of configuration files, for editors',
  examples: ['schema > schema.json'],
  run: async ({ output }) => {
    const { editorSchemaText } = await import('../config/json-schema.ts')
    output.data(editorSchemaText())
    return EXIT.ok
  },
}
