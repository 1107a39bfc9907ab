import { PROGRAM, type Command } from './command.ts'
import { EXIT } from './exit-code.ts'

export const showConfig: Command = {
  name: 'show-config',
  description: 'Check the configuration and print what is in effect, secrets masked',
  options: [{ flags: '--sources', description: 'say where each value came from' }],
  examples: ['show-config --sources', 'show-config -c my.yaml -c more.yaml', 'show-config --json'],
  run: async (invocation) => {
    const { loadCommandConfig } = await import('./load-command-config.ts')
    const loaded = loadCommandConfig(invocation)
    if (loaded.kind === 'exit') return loaded.code

    const { originText, DEFAULT_ORIGIN } = await import('../config/origin.ts')
    const { maskSecrets } = await import('../config/secret.ts')
    const { json, output, options } = invocation
    const { hash, origins } = loaded
    const shown = maskSecrets(loaded.file) as object
    if (json) {
      const sources = Object.fromEntries([...origins].map(([path, origin]) => [path, originText(origin)]))
      output.json({ hash, config: shown, ...(options['sources'] === true ? { sources } : {}) })
      return EXIT.ok
    }

    const { configYaml } = await import('../config/config-yaml.ts')
    const { marginNote } = await import('../config/margin-note.ts')
    const comment = (path: readonly string[]): string | undefined => {
      const origin = origins.get(path.join('.'))
      const source = options['sources'] === true && origin !== undefined ? originText(origin) : undefined
      const notes = [source, marginNote(loaded.file, path)].filter((note) => note !== undefined)
      return notes.length === 0 ? undefined : notes.join('; ')
    }
    output.data(`# config ${hash}\n${configYaml(shown, comment)}`)
    const changed = [...origins.values()].filter((origin) => origin !== DEFAULT_ORIGIN).length
    output.message(
      `The configuration is valid; ${changed} of its ${origins.size} values are set, the others are defaults.`,
    )
    if (options['sources'] !== true) output.message(`Where each value came from: ${PROGRAM} show-config --sources`)
    return EXIT.ok
  },
}
