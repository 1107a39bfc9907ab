import { PLACEBO_KINDS, type PlaceboOutcome } from '../placebo.ts'
import { signedR } from '../summary-rows.ts'
import { placeboName } from '../verdict.ts'
import { linearScale } from './scale.ts'
import { at, FRAME, label, rule, svgPlot } from './svg.ts'

const LEFT = 140
const ROW = 44
const DOT = 4

/** Mean R of every placebo run as a dot, one row a kind, against a line at the real run's. */
export function placeboPlot(real: number | null, outcomes: readonly PlaceboOutcome[]): string {
  const rows = PLACEBO_KINDS.flatMap((kind) => outcomes.filter((o) => o.kind === kind))
  const means = rows.flatMap((o) => o.runs.flatMap(({ meanR }) => (meanR === null ? [] : [meanR])))
  if (real === null || means.length === 0) return ''
  const bottom = FRAME.top + rows.length * ROW
  const x = linearScale(Math.min(0, real, ...means), Math.max(0, real, ...means), LEFT, FRAME.width - FRAME.right - 8)
  const grid = x.ticks.map(
    (tick) =>
      rule(x.at(tick), FRAME.top, x.at(tick), bottom, 'grid') + label(x.at(tick), bottom + 16, x.tickText(tick)),
  )
  const drawn = rows.map((outcome, index) => {
    const y = FRAME.top + (index + 0.5) * ROW
    const dots = outcome.runs.flatMap(({ meanR }) =>
      meanR === null ? [] : [`<circle class="dot" cx="${at(x.at(meanR))}" cy="${at(y)}" r="${DOT}"/>`],
    )
    return label(LEFT - 12, y + 4, placeboName(outcome.kind), 'end') + dots.join('')
  })
  const description = `Mean R after costs: real ${signedR(real)}; ${rows.map((o) => `${placeboName(o.kind)} ${signedR(o.meanR)}`).join(', ')}.`
  const mark =
    rule(x.at(real), FRAME.top, x.at(real), bottom, 'real') + label(x.at(real), bottom + 32, `real ${signedR(real)}`)
  return svgPlot(
    'placebos',
    'Mean R of the real run and of its placebos',
    description,
    grid.join('') + drawn.join('') + mark,
    bottom + 40,
  )
}
