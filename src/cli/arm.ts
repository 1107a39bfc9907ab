import { PROGRAM, type Command } from './command.ts'
import { EXIT } from './exit-code.ts'

const DEFAULT_HOURS = '24'

export const arm: Command = {
  name: 'arm',
  description: 'Confirm live trading at the terminal and print a token with which the bot may start unattended',
  options: [{ flags: '--hours <number>', description: 'how long the token lives', default: DEFAULT_HOURS }],
  examples: ['arm -c live.yaml --secrets keys.env', 'arm -c live.yaml --hours 168'],
  run: async (invocation) => {
    const { loadCommandConfig } = await import('./load-command-config.ts')
    const loaded = loadCommandConfig(invocation)
    if (loaded.kind === 'exit') return loaded.code
    const { output, json, options } = invocation
    const { armToken, MAX_TOKEN_HOURS } = await import('../app/arm-token.ts')
    const hours = Number(options['hours'])
    if (!(hours > 0 && hours <= MAX_TOKEN_HOURS)) {
      output.error(`--hours ${String(options['hours'])}: a number above 0, up to ${MAX_TOKEN_HOURS}.`)
      return EXIT.configuration
    }
    const { termsOf, termsTable, terminalPrompt, typedConfirmation } = await import('./confirm-live.ts')
    const terms = termsOf(loaded, output)
    if (terms === null) return EXIT.configuration
    output.error(termsTable(terms))
    const ask = terminalPrompt()
    if (ask === null) {
      output.error('Not armed: arming needs a person at a terminal.')
      return EXIT.configuration
    }
    if (!(await typedConfirmation(terms, ask, output))) return EXIT.configuration
    const expires = Date.now() + hours * 3_600_000
    const token = armToken(terms, loaded.credentials?.secret ?? '', expires)
    if (json) output.json({ token, account: terms.account, expires: new Date(expires).toISOString() })
    else output.data(token)
    output.message(`Until ${new Date(expires).toISOString()}: ${PROGRAM} trade -c FILE --live --confirm TOKEN`)
    return EXIT.ok
  },
}
