/** Prices of bins of the logarithm of the price. */
export interface BinPrices {
  /** Lower edge; the upper one is the lower edge of the next bin. */
  lower(bin: number): number
  middle(bin: number): number
}

/**
 * Computes each price once: the same bins are published hour after hour, and an exponential costs more than all the rest
 * of a level.
 * @param binWidth in log price
 * @param span bins that are in use at a time
 */
export function createBinPrices(binWidth: number, span: number): BinPrices {
  const size = 2 ** Math.ceil(Math.log2(span))
  const mask = size - 1
  const known = new Int32Array(2 * size).fill(NOT_A_BIN)
  const prices = new Float64Array(2 * size)

  function at(place: number, bin: number, shift: number): number {
    if (known[place] !== bin) {
      known[place] = bin
      prices[place] = Math.exp((bin + shift) * binWidth)
    }
    return prices[place]!
  }

  return { lower: (bin) => at(bin & mask, bin, 0), middle: (bin) => at(size + (bin & mask), bin, 0.5) }
}

/** Far beyond every price. */
const NOT_A_BIN = -0x80000000
