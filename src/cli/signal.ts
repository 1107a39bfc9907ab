import type { Command } from './command.ts'
import { EXIT } from './exit-code.ts'
import { lookFor, lookOptions } from './look-options.ts'

export const signal: Command = {
  name: 'signal',
  description: 'Evaluate one symbol once and print its trading signals as JSON',
  arguments: [{ name: '<symbol>', description: 'like BTCUSDT or BTC/USDT:USDT' }],
  options: [...lookOptions, { flags: '--all', description: 'with the refused ones, each with its reasons' }],
  examples: [
    'signal BTCUSDT --data bybit_BTCUSDT_1h.csv.gz',
    'signal BTCUSDT --heatmap-url http://127.0.0.1:8004 -c config/literal.yaml --json',
  ],
  run: async (invocation) => {
    const found = await lookFor(invocation)
    if (found.kind === 'exit') return found.code
    const { signalList, signalSentence } = await import('../app/signal-list.ts')
    const { sourceSentence } = await import('../app/source-sentence.ts')
    const { output, json, options } = invocation
    const { signals, refused, notes } = signalList(found.look)
    const shown = options['all'] === true ? [...signals, ...refused] : signals
    if (json) output.json(shown)
    else output.data(JSON.stringify(shown, null, 2))
    output.message(sourceSentence(found.look))
    for (const note of notes) output.message(`note: ${note}`)
    for (const each of signals) output.message(signalSentence(each))
    for (const each of refused) output.message(signalSentence(each))
    if (signals.length === 0 && refused.length === 0)
      output.message('no trade: no cluster is near and strong enough to be considered')
    return EXIT.ok
  },
}
