/**
 * The highest price at which an entry can end up being valued: a buy fills at its limit or below and a sell at its limit
 * or above, and the position is then valued at the mark.
 */
export const worstPrice = (limit: number, mark: number): number => Math.max(limit, mark)
