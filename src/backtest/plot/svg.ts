const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that is safe between tags and in quoted attributes. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)

/** Size and margins of every plot, in units of its own drawing. */
export const FRAME = { width: 720, height: 240, left: 64, right: 16, top: 12, bottom: 28 } as const

/** Coordinates with as many digits as a screen can show. */
export const at = (value: number): string => String(Math.round(value * 100) / 100)

/** A plot with its text alternative: `title` names it, `description` says what it shows. */
export function svgPlot(
  id: string,
  title: string,
  description: string,
  content: string,
  height: number = FRAME.height,
): string {
  return (
    `<svg role="img" viewBox="0 0 ${FRAME.width} ${height}" aria-labelledby="${id}-title ${id}-text">` +
    `<title id="${id}-title">${escapeText(title)}</title><desc id="${id}-text">${escapeText(description)}</desc>${content}</svg>`
  )
}

export type Anchor = 'start' | 'middle' | 'end'

export const label = (x: number, y: number, text: string, anchor: Anchor = 'middle'): string =>
  `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}">${escapeText(text)}</text>`

export const rule = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  `<line class="${kind}" x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}"/>`
