import { parseArgs } from 'node:util'
import { composePaper } from '../src/app/compose/paper.ts'
import { runPaper } from '../src/app/paper-session.ts'
import { loadConfig } from '../src/config/load.ts'
import { parseDuration } from '../src/domain/time.ts'

/** Prints what the bot does on so many simulated markets: `node scripts/seeds.ts --seeds 20 --duration 2d [-c FILE]`. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    duration: { type: 'string', default: '2d' },
    config: { type: 'string', short: 'c', multiple: true, default: [] },
  },
})
const loaded = loadConfig({ files: values.config })
const durationMs = parseDuration(values.duration)
if (loaded.kind === 'invalid' || durationMs === undefined) {
  console.error(
    loaded.kind === 'invalid'
      ? loaded.problems.map((p) => `${p.where}  ${p.what}`).join('\n')
      : `--duration ${values.duration} is no time`,
  )
  process.exit(4)
}

const row = (...cells: readonly (string | number)[]): void =>
  console.log(cells.map((cell) => String(cell).padStart(10)).join(' '))
row('seed', 'trades', 'won', 'mean R', 'net USDT', 'fees', 'orders', 'refusals', 'crowd liq')
let trades = 0
for (let seed = 1; seed <= Number(values.seeds); seed++) {
  const composed = composePaper({
    config: loaded.config,
    seed,
    durationMs,
    speed: Number.POSITIVE_INFINITY,
    tape: null,
  })
  if (composed.kind === 'refused') throw new Error(composed.message)
  const s = await runPaper(composed.session, {
    configHash: loaded.hash,
    seed,
    durationMs,
    interrupt: new AbortController().signal,
    onAlert: () => undefined,
    observe: () => undefined,
  })
  if (!s.ledger_agrees) throw new Error(`seed ${seed}: the exchange's ledger and the bot's books disagree`)
  trades += s.trades
  const liquidated = s.crowd_liquidations ? s.crowd_liquidations.long + s.crowd_liquidations.short : 0
  row(
    seed,
    s.trades,
    s.trades_won,
    s.mean_r === null ? '–' : s.mean_r.toFixed(2),
    Number(s.pnl).toFixed(2),
    Number(s.fees).toFixed(2),
    s.orders,
    s.refusals,
    liquidated,
  )
}
console.log(
  `${trades} trades on ${values.seeds} simulated markets of ${values.duration}; a simulated market says nothing about a real one`,
)
