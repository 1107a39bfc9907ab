import { problem, type Problem } from '../domain/problem.ts'
import type { Credentials } from '../config/credentials.ts'
import type { Config } from '../config/schema.ts'
import { accountOf } from './account-directory.ts'

/** What somebody who arms live trading agrees to; everything in it is shown before it is asked for. */
export interface LiveTerms {
  readonly account: string
  readonly exchange: string
  readonly symbols: readonly string[]
  readonly leverage: number
  readonly maxOrderUsd: number
  readonly maxPositionUsd: number
  readonly maxOpenTrades: number
  readonly maxDailyLossPct: number
  readonly maxDrawdownPct: number
  /** Every position at its limit and worth nothing, as if all stops failed at once and at 1× leverage. */
  readonly worstCaseUsd: number
  /** `live.max_loss_usd`: what the user says may be lost. */
  readonly maxLossUsd: number
  readonly configHash: string
}

/** The terms of trading live under this configuration, or everything that is missing for it. */
export function liveTerms(
  config: Config,
  configHash: string,
  credentials: Credentials | null,
):
  | { readonly kind: 'ok'; readonly terms: LiveTerms }
  | { readonly kind: 'missing'; readonly problems: readonly Problem[] } {
  const { exchange, risk, live, mode } = config
  const problems: Problem[] = []
  const missing = (where: string, what: string, hint: string | null = null): void =>
    void problems.push(problem('not_armed', where, what, hint))

  if (mode !== 'live') missing('mode', `mode is ${mode}, not live`)
  if (credentials === null)
    missing('LODESTONE__EXCHANGE__KEY', 'there are no keys', 'Set key and secret in the environment or with --secrets')
  else if (exchange.name === 'okx' && credentials.password === null)
    missing('LODESTONE__EXCHANGE__PASSWORD', 'okx keys have a third part, the passphrase')
  if (exchange.marginMode !== 'isolated')
    missing(
      'exchange.margin_mode',
      'cross margin puts the whole balance behind every position, so that no worst case can be stated',
      'Set exchange.margin_mode: isolated',
    )
  const limit = (path: string, value: number | null): number => {
    if (value === null) missing(path, `${path} is not set: live needs this limit as a figure of your own`)
    return value ?? 0
  }
  const maxOrderUsd = limit('risk.max_order_usd', risk.maxOrderUsd)
  const maxPositionUsd = limit('risk.max_position_usd', risk.maxPositionUsd)
  const maxOpenTrades = limit('risk.max_open_trades', risk.maxOpenTrades)
  const maxDailyLossPct = limit('risk.max_daily_loss_pct', risk.maxDailyLossPct)
  const maxDrawdownPct = limit('risk.max_drawdown_pct', risk.maxDrawdownPct)
  const maxLossUsd = limit('live.max_loss_usd', live.maxLossUsd)
  const worstCaseUsd = maxPositionUsd * maxOpenTrades
  if (problems.length === 0 && worstCaseUsd > maxLossUsd)
    missing(
      'live.max_loss_usd',
      `the limits allow positions of ${worstCaseUsd} USD at once (risk.max_open_trades × risk.max_position_usd), more than live.max_loss_usd: ${maxLossUsd}`,
      'Lower the limits, or accept the larger loss in live.max_loss_usd',
    )
  if (problems.length > 0) return { kind: 'missing', problems }
  return {
    kind: 'ok',
    terms: {
      account: accountOf(config, credentials),
      exchange: exchange.name,
      symbols: exchange.pairs,
      leverage: exchange.leverage,
      maxOrderUsd,
      maxPositionUsd,
      maxOpenTrades,
      maxDailyLossPct,
      maxDrawdownPct,
      worstCaseUsd,
      maxLossUsd,
      configHash,
    },
  }
}

/** What has to be typed, exactly. */
export const confirmationText = (terms: LiveTerms): string => `${terms.account} ${terms.worstCaseUsd}`
