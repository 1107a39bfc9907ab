import { linearScale } from './scale.ts'
import { at, escapeText, FRAME, label, rule, svgPlot } from './svg.ts'

export interface Bar {
  readonly name: string
  readonly value: number
  /** Blue when true, orange otherwise. */
  readonly good: boolean
  /** What pointing at it says. */
  readonly text: string
}

const MOST_LABELS = 12
const GAP = 0.15

/** Bars from zero, blue and orange, each also told apart by its side of zero or its place. */
export function barPlot(id: string, title: string, description: string, bars: readonly Bar[]): string {
  if (bars.length === 0) return ''
  const values = bars.map((bar) => bar.value)
  const bottom = FRAME.height - FRAME.bottom
  const y = linearScale(Math.min(0, ...values), Math.max(0, ...values), bottom, FRAME.top)
  const width = (FRAME.width - FRAME.left - FRAME.right) / bars.length
  const every = Math.ceil(bars.length / MOST_LABELS)
  const zero = y.at(0)
  const drawn = bars.map((bar, index) => {
    const x = FRAME.left + (index + GAP / 2) * width
    const top = Math.min(zero, y.at(bar.value))
    const rectangle = `<rect class="${bar.good ? 'good' : 'bad'}" x="${at(x)}" y="${at(top)}" width="${at(width * (1 - GAP))}" height="${at(Math.abs(y.at(bar.value) - zero))}"><title>${escapeText(bar.text)}</title></rect>`
    return rectangle + (index % every === 0 ? label(x + (width * (1 - GAP)) / 2, bottom + 18, bar.name) : '')
  })
  const grid = y.ticks.map(
    (tick) =>
      rule(FRAME.left, y.at(tick), FRAME.width - FRAME.right, y.at(tick), 'grid') +
      label(FRAME.left - 6, y.at(tick) + 4, y.tickText(tick), 'end'),
  )
  return svgPlot(
    id,
    title,
    description,
    `${grid.join('')}${drawn.join('')}${rule(FRAME.left, zero, FRAME.width - FRAME.right, zero, 'zero')}`,
  )
}
