/** Most steps in 30 s. */
const MAX_WINDOW = 15

export interface MarkState {
  mark: number
  /** Mean basis (last − index) over the window. */
  meanBasis: number
}

export interface MarkPrice {
  readonly state: MarkState
  /**
   * @param carry estimated funding rate × share of the funding interval that is left
   * @param basisSteps length of the window in steps; a change of it starts the window afresh at its mean
   */
  update(last: number, index: number, carry: number, basisSteps: number): void
}

/** Median of index × (1 + rate × time left / interval), index + 30 s mean basis, and last price. */
export function createMarkPrice(first: number): MarkPrice {
  const window = new Float64Array(MAX_WINDOW)
  // No whole numbers: the fields shall hold unboxed doubles from the start.
  const state: MarkState = { mark: first, meanBasis: 1e-12 }
  let size = 1
  let at = 0
  return {
    state,
    update(last, index, carry, basisSteps) {
      if (size !== basisSteps) {
        window.fill(state.meanBasis)
        size = basisSteps
        at = 0
      }
      window[at++] = last - index
      if (at === basisSteps) at = 0
      let sum = 0
      for (let i = 0; i < basisSteps; i++) sum += window[i]!
      state.meanBasis = sum / basisSteps
      const carried = index * (1 + carry)
      const based = index + state.meanBasis
      const low = carried < based ? carried : based
      const high = carried < based ? based : carried
      state.mark = last < low ? low : last > high ? high : last
    },
  }
}
