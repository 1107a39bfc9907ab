import { PROGRAM, type Command } from './command.ts'
import { EXIT } from './exit-code.ts'

export const record: Command = {
  name: 'record',
  description: 'Record what a heatmap service answers, for replay as heatmap.source: recording',
  arguments: [{ name: '<symbols...>', description: 'like BTCUSDT ETHUSDT' }],
  options: [
    { flags: '--heatmap-url <url>', description: 'the heatmap service', key: 'heatmap.url' },
    { flags: '--out <file>', description: 'the recording; a file that is there is continued' },
    { flags: '--duration <time>', description: 'wall time to record, like 30s, 1h or 2d; without it until Ctrl-C' },
  ],
  examples: ['record BTCUSDT --heatmap-url http://127.0.0.1:8004 --out btc.jsonl --duration 1h'],
  run: async (invocation) => {
    const { loadCommandConfig } = await import('./load-command-config.ts')
    const loaded = loadCommandConfig(invocation)
    if (loaded.kind === 'exit') return loaded.code
    const { output, json, options } = invocation
    const { url } = loaded.config.heatmap
    const file = options['out']
    if (url === null || typeof file !== 'string') {
      output.error(
        url === null
          ? 'record needs a heatmap service: --heatmap-url <url>.'
          : 'record needs a file to write to: --out <file>.',
      )
      return EXIT.configuration
    }
    const { parseDuration } = await import('../domain/time.ts')
    const text = options['duration']
    const durationMs = typeof text === 'string' ? parseDuration(text) : null
    if (durationMs === undefined || durationMs === 0) {
      output.error(`--duration ${String(text)}: that is no time. Write it like 30s, 90m or 6h.`)
      return EXIT.configuration
    }
    const { composeRecord } = await import('../app/compose/record.ts')
    const composed = composeRecord({ config: loaded.config, url, symbols: invocation.arguments, file })
    if (composed.kind === 'failed') {
      const { printLookFailure } = await import('./look-options.ts')
      return printLookFailure(invocation, composed)
    }
    const { session } = composed
    const { tally, symbols } = session
    const progress = (): void =>
      output.message(
        `${tally.responses} answers, ${tally.maps} usable maps, ${tally.failures} failures, ${(tally.bytes / 1024).toFixed(0)} KiB`,
      )
    output.message(
      `Recording ${symbols.join(', ')} from ${url} into ${file}${durationMs === null ? '; Ctrl-C ends it' : ''}.`,
    )
    await session.run(durationMs, invocation.interrupted(), progress)
    progress()
    const failures = Object.entries(tally.failuresByCode).map(([code, count]) => `${code} ${count}`)
    if (failures.length > 0) output.message(`failures: ${failures.join(', ')}; the last one: ${tally.lastFailure}.`)
    if (json) {
      output.json({
        file,
        symbols,
        responses: tally.responses,
        usable_maps: tally.maps,
        bytes: tally.bytes,
        failures: tally.failures,
        failures_by_code: tally.failuresByCode,
        ended_symbols: tally.endedSymbols,
      })
    } else output.data(`${file}: ${tally.responses} answers of ${symbols.join(', ')}`)
    if (tally.unwritable !== null) {
      output.error(`${file} takes no more: ${tally.unwritable}. What is counted above is in it, whole.`)
      output.error('  Free some space, or record into a file elsewhere.')
      return EXIT.error
    }
    if (tally.responses === 0) {
      output.error('Nothing was recorded.')
      return EXIT.error
    }
    if (tally.maps === 0 && tally.endedSymbols.length === symbols.length) {
      output.error('The service serves none of these symbols.')
      return EXIT.notFound
    }
    output.message(
      `Replay it: set heatmap.source: recording and heatmap.file: ${file}, then ${PROGRAM} levels ${symbols[0]}`,
    )
    return EXIT.ok
  },
}
