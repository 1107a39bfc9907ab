import { isoTime } from '../../domain/time.ts'
import type { EpochMs } from '../../domain/unit.ts'
import { underwater, type EquityPoint } from '../drawdown.ts'
import { linearScale, type Scale } from './scale.ts'
import { at, FRAME, label, rule, svgPlot } from './svg.ts'

const HEIGHT = 340
const EQUITY_BOTTOM = 200
const FALL_TOP = 224
const AXIS = HEIGHT - 24
/** More points than this cannot be told apart on a screen. */
const MOST_POINTS = 720
const DATE_LABELS = 5

/** Every n-th point and the last. */
function thinned<T>(points: readonly T[]): readonly T[] {
  const every = Math.ceil(points.length / MOST_POINTS)
  return points.filter((_, index) => index % every === 0 || index === points.length - 1)
}

const path = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${at(x)} ${at(y)}`).join('')

const levels = (scale: Scale, text: (value: number) => string): string =>
  scale.ticks
    .map(
      (tick) =>
        rule(FRAME.left, scale.at(tick), FRAME.width - FRAME.right, scale.at(tick), 'grid') +
        label(FRAME.left - 6, scale.at(tick) + 4, text(tick), 'end'),
    )
    .join('')

/** Equity above, the fall from its peak below, on one axis of time. */
export function equityPlot(equity: readonly EquityPoint[]): string {
  const falls = underwater(equity)
  const points = thinned(equity.map((point, index) => ({ ...point, fall: (falls[index] ?? 0) * 100 })))
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last) return ''
  const x = linearScale(first.time, last.time, FRAME.left, FRAME.width - FRAME.right)
  const values = points.map((p) => p.equity)
  const money = linearScale(Math.min(...values), Math.max(...values), EQUITY_BOTTOM, FRAME.top)
  const deepest = Math.max(...points.map((p) => p.fall), 0.01)
  const fall = linearScale(0, deepest, FALL_TOP, AXIS - 8)
  const line = path(points.map((p) => [x.at(p.time), money.at(p.equity)]))
  const area = `${path(points.map((p) => [x.at(p.time), fall.at(p.fall)]))}L${at(x.at(last.time))} ${at(FALL_TOP)}L${at(x.at(first.time))} ${at(FALL_TOP)}Z`
  const dates = Array.from({ length: DATE_LABELS }, (_, index) => {
    const time = first.time + ((last.time - first.time) * index) / (DATE_LABELS - 1)
    const anchor = index === 0 ? 'start' : index === DATE_LABELS - 1 ? 'end' : 'middle'
    return label(x.at(time), AXIS + 16, isoTime(time as EpochMs).slice(0, 10), anchor)
  }).join('')
  const description =
    `Equity from ${first.equity.toFixed(2)} on ${isoTime(first.time).slice(0, 10)} to ${last.equity.toFixed(2)} on ` +
    `${isoTime(last.time).slice(0, 10)}, lowest ${Math.min(...values).toFixed(2)}, highest ${Math.max(...values).toFixed(2)}, ` +
    `deepest fall from a peak ${deepest.toFixed(2)} %, looked at once a day.`
  const content =
    levels(money, money.tickText) +
    levels(fall, (tick) => `${tick === 0 ? '' : '−'}${fall.tickText(tick)} %`) +
    `<path class="line" d="${line}"/><path class="fall" d="${area}"/>${dates}`
  return svgPlot('equity', 'Equity and drawdown', description, content, HEIGHT)
}
