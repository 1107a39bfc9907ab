import { refusal } from '../../domain/refusal.ts'
import type { RiskContext } from '../context.ts'
import type { Rule } from '../rule.ts'

/** Name of the first figure of the account or market that is not a number; `undefined` when all are. */
function notANumber(context: RiskContext, index: number): string | undefined {
  if (!Number.isFinite(context.time)) return 'time'
  if (!(context.mark[index]! > 0 && context.mark[index]! < Number.POSITIVE_INFINITY)) return 'mark'
  if (!Number.isFinite(context.markTime[index]!)) return 'mark time'
  if (!Number.isFinite(context.equity)) return 'equity'
  if (!Number.isFinite(context.dayStartEquity)) return 'equity at the start of the day'
  if (!Number.isFinite(context.highWaterEquity)) return 'highest equity'
  if (!Number.isFinite(context.freeMargin)) return 'free margin'
  if (!Number.isFinite(context.openTrades)) return 'open trades'
  for (let i = 0; i < context.positionNotional.length; i++) {
    if (!Number.isFinite(context.positionNotional[i]!)) return 'position'
    // Negative reservations would make room where there is none.
    if (!(context.workingBuyNotional[i]! >= 0 && context.workingBuyNotional[i]! < Number.POSITIVE_INFINITY))
      return 'working buys'
    if (!(context.workingSellNotional[i]! >= 0 && context.workingSellNotional[i]! < Number.POSITIVE_INFINITY))
      return 'working sells'
  }
  return undefined
}

/** Every figure that later rules reckon with is a number. */
export const figures: Rule = {
  code: 'BAD_MARKET_DATA',
  needs: 'nothing',
  check(entry, context) {
    const name = notANumber(context, entry.index)
    if (name === undefined) return undefined
    return refusal('BAD_MARKET_DATA', `${name} is not a usable number`, { figure: name })
  },
}
