/** Plots as self-contained SVG. Colours come from CSS classes of the page, so that light and dark both work. */
const WIDTH = 720
const HEIGHT = 220
const LEFT = 64
const RIGHT = 12
const TOP = 12
const BOTTOM = 28
const X_TICKS = 6
const Y_TICKS = 4

export interface Point {
  readonly x: number
  readonly y: number
}

export interface BarMark {
  readonly label: string
  readonly value: number
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const px = (value: number): string => value.toFixed(1)

interface Scale {
  readonly at: (value: number) => number
  readonly low: number
  readonly high: number
}

function scale(values: readonly number[], from: number, to: number, includeZero: boolean): Scale {
  let low = includeZero ? 0 : Number.POSITIVE_INFINITY
  let high = includeZero ? 0 : Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (!(high > low)) {
    low -= 1
    high += 1
  }
  return { low, high, at: (value) => from + ((value - low) / (high - low)) * (to - from) }
}

function frame(title: string, body: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}"><title>${escape(title)}</title>${body}</svg>`
}

function yAxis(y: Scale, format: (value: number) => string): string {
  const lines: string[] = []
  for (let i = 0; i <= Y_TICKS; i++) {
    const value = y.low + ((y.high - y.low) * i) / Y_TICKS
    const at = px(y.at(value))
    lines.push(`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text class="tick" x="${LEFT - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">${escape(format(value))}</text>`)
  }
  return lines.join('')
}

/** A line over time, with the area to its base filled. */
export function linePlot(title: string, points: readonly Point[], css: string, formatX: (x: number) => string, formatY: (y: number) => string, fromZero = false): string {
  const x = scale(points.map((p) => p.x), LEFT, WIDTH - RIGHT, false)
  const y = scale(points.map((p) => p.y), HEIGHT - BOTTOM, TOP, fromZero)
  const path = points.map((p, i) => `${i === 0 ? 'M' : 'L'}${px(x.at(p.x))} ${px(y.at(p.y))}`).join('')
  const ticks: string[] = []
  for (let i = 0; i < X_TICKS; i++) {
    const value = x.low + ((x.high - x.low) * (i + 0.5)) / X_TICKS
    ticks.push(`<text class="tick" x="${px(x.at(value))}" y="${HEIGHT - 8}" text-anchor="middle">${escape(formatX(value))}</text>`)
  }
  return frame(title, `${yAxis(y, formatY)}${ticks.join('')}<path class="line ${css}" d="${path}"/>`)
}

/** Bars around zero: gains in one colour with ▲, losses in the other with ▼. */
export function barPlot(title: string, bars: readonly BarMark[], formatY: (y: number) => string, signed: boolean): string {
  const y = scale(bars.map((b) => b.value), HEIGHT - BOTTOM, TOP, true)
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, bars.length)
  const every = Math.max(1, Math.ceil(bars.length / 12))
  const zero = y.at(0)
  const marks = bars.map((bar, i) => {
    const left = LEFT + i * step
    const top = Math.min(zero, y.at(bar.value))
    const height = Math.max(0.5, Math.abs(y.at(bar.value) - zero))
    const css = signed ? (bar.value >= 0 ? 'gain' : 'loss') : 'plain'
    const glyph = signed ? (bar.value >= 0 ? '▲ ' : '▼ ') : ''
    const label = i % every === 0 ? `<text class="tick" x="${px(left + step / 2)}" y="${HEIGHT - 8}" text-anchor="middle">${escape(bar.label)}</text>` : ''
    return `<rect class="${css}" x="${px(left + step * 0.1)}" y="${px(top)}" width="${px(step * 0.8)}" height="${px(height)}"><title>${escape(`${glyph}${bar.label}: ${formatY(bar.value)}`)}</title></rect>${label}`
  })
  return frame(title, `${yAxis(y, formatY)}<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(zero)}" y2="${px(zero)}"/>${marks.join('')}`)
}

/** One row a group: a dot a run, and a line where the real run stands. */
export function stripPlot(title: string, groups: readonly { readonly label: string; readonly values: readonly number[] }[], real: number, format: (x: number) => string): string {
  const x = scale([real, ...groups.flatMap((g) => g.values)], LEFT + 80, WIDTH - RIGHT - 12, false)
  const rows = groups.map((group, i) => {
    const at = TOP + ((i + 0.5) * (HEIGHT - TOP - BOTTOM)) / groups.length
    const dots = group.values.map((value) => `<circle class="dot" cx="${px(x.at(value))}" cy="${px(at)}" r="4"/>`).join('')
    return `<text class="tick" x="${LEFT + 70}" y="${px(at)}" text-anchor="end" dominant-baseline="middle">${escape(group.label)}</text>${dots}`
  })
  const line = px(x.at(real))
  return frame(title, `${rows.join('')}<line class="real" x1="${line}" x2="${line}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text class="tick" x="${line}" y="${HEIGHT - 8}" text-anchor="middle">real ${escape(format(real))}</text>`)
}
