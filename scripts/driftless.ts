/**
 * Trades without knowledge on markets without drift, where nothing but costs may be lost:
 *   node scripts/driftless.ts [--seeds 50] [--bars 3000]
 * Each tape is a random walk of 60 steps an hour, of which the run sees hourly bars. `run` is the mean R the program
 * reports; `+cost` adds what the costs were worked out to be from bars and terms; `steps` is the mean R of the same trades
 * at the prices of the steps inside the bars, which is 0 but for chance; `level` has stop and target filled exactly at
 * their levels. `step effect` is what theory says steps of a finite size give to fills at a level; it is
 * subtracted before the verdict. `distortion` = run + cost − level is what the exchange itself adds: the reading of
 * ambiguous bars, and ticks. `misread`: trades that ended at the other level than the steps say; where they leave a bias,
 * the verdict names the mean with those trades put right.
 */
import { parseArgs } from 'node:util'
import { meanOf, play, stepEffect, within, type Mean, type Outcome, type Wager } from './proof/driftless.ts'

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '50' }, bars: { type: 'string', default: '3000' } },
})
const seeds = Number(values.seeds)
const bars = Number(values.bars)

type Market = Omit<Wager, 'withCosts'> & { readonly volatility: number }

const stopFirst = { reading: 'stop_first' } as const
const MARKETS: readonly Market[] = [
  { volatility: 0.005, stopRatio: 0.01, targetRatio: 0.01, ...stopFirst },
  { volatility: 0.005, stopRatio: 0.01, targetRatio: 0.02, ...stopFirst },
  { volatility: 0.005, stopRatio: 0.02, targetRatio: 0.01, ...stopFirst },
  // Bars as wide as the distances: ambiguous ones are no exception any more.
  { volatility: 0.015, stopRatio: 0.01, targetRatio: 0.01, ...stopFirst },
  { volatility: 0.015, stopRatio: 0.01, targetRatio: 0.01, reading: 'target_first' },
]

const shown = ({ mean, standardError }: Mean): string =>
  `${mean >= 0 ? '+' : ''}${mean.toFixed(4)} ±${standardError.toFixed(4)}`
const cell = (text: string, width: number): string => text.padStart(width)
const header = [
  'vol/h',
  'stop',
  'target',
  'first',
  'costs',
  'trades',
  'run',
  '+cost',
  'step effect',
  'steps',
  'level',
  'distortion',
  'ambiguous',
  'misread',
  'verdict',
]
const widths = [6, 5, 7, 7, 6, 7, 16, 16, 12, 16, 16, 16, 10, 8, 0]
const line = (cells: readonly string[]): string => cells.map((text, i) => cell(text, widths[i]!)).join(' ')
const share = (outcomes: readonly Outcome[], of: (o: Outcome) => boolean): string =>
  `${((outcomes.filter(of).length / outcomes.length) * 100).toFixed(2)} %`

console.log(`${seeds} tapes of ${bars} hourly bars; means ± one standard error, in R`)
console.log(line(header))
let failures = 0
for (const { volatility, ...market } of MARKETS) {
  for (const withCosts of [false, true]) {
    const wager: Wager = { ...market, withCosts }
    const outcomes: Outcome[] = []
    for (let seed = 1; seed <= seeds; seed++) outcomes.push(...(await play(seed, bars, volatility, wager)))
    const net = meanOf(outcomes.map((o) => o.r + o.costR))
    const distortion = meanOf(outcomes.map((o) => o.r + o.costR - o.levelR))
    const effect = stepEffect(volatility, wager)
    const own = meanOf(outcomes.map((o) => o.r + o.costR - effect))
    const putRight = meanOf(outcomes.map((o) => (o.otherEnd ? o.levelR : o.r + o.costR) - effect))
    const side = own.mean < 0 ? 'pessimistic' : 'optimistic'
    const verdict = within(own, 2)
      ? 'within 2 SE of 0'
      : within(putRight, 2)
        ? `${side} by its reading; ${shown(putRight)} put right`
        : 'BIASED'
    if (verdict === 'BIASED' || (verdict.startsWith('optimistic') && wager.reading === 'stop_first')) failures++
    console.log(
      line([
        `${(volatility * 100).toFixed(1)} %`,
        `${wager.stopRatio * 100} %`,
        `${wager.targetRatio * 100} %`,
        wager.reading.replace('_first', ''),
        withCosts ? 'yes' : 'no',
        String(outcomes.length),
        shown(meanOf(outcomes.map((o) => o.r))),
        shown(net),
        effect.toFixed(4),
        shown(meanOf(outcomes.map((o) => o.trueR))),
        shown(meanOf(outcomes.map((o) => o.levelR))),
        shown(distortion),
        share(outcomes, (o) => o.ambiguous),
        share(outcomes, (o) => o.otherEnd),
        ` ${verdict}`,
      ]),
    )
  }
}
console.log(
  failures === 0
    ? 'no gain and no loss but for the costs and the reading of ambiguous bars'
    : `${failures} rows are biased`,
)
process.exitCode = failures === 0 ? 0 : 1
