import { isoTime } from '../domain/time.ts'
import { csvText } from './csv-text.ts'
import { underwater } from './drawdown.ts'
import { decimalText, numberText, rounded } from './figures.ts'
import { equitySeries } from './metrics.ts'
import type { BacktestReport } from './report.ts'
import { tradeRecord } from './trade-record.ts'

const TRADE_COLUMNS = [
  'id',
  'symbol',
  'strategy',
  'side',
  'entry_time',
  'entry_price',
  'quantity',
  'stop_price',
  'target_price',
  'exit_time',
  'exit_price',
  'exit_reason',
  'fees',
  'funding',
  'pnl',
  'r_multiple',
  'reason',
] as const
const CLUSTER_COLUMNS = [
  'id',
  'side',
  'price_low',
  'price_mode',
  'price_high',
  'strength',
  'notional_usd',
  'mass',
  'distance_ratio',
] as const

export function tradesCsv({ result }: BacktestReport): string {
  const header = [...TRADE_COLUMNS, ...CLUSTER_COLUMNS.map((name) => `cluster_${name}`)]
  return csvText(
    header,
    result.trades
      .map(tradeRecord)
      .map((trade) => [
        ...TRADE_COLUMNS.map((name) => trade[name]),
        ...CLUSTER_COLUMNS.map((name) => trade.cluster?.[name] ?? null),
      ]),
  )
}

const FILL_COLUMNS = [
  'time',
  'symbol',
  'client_order_id',
  'trade_id',
  'leg',
  'side',
  'type',
  'price',
  'quantity',
  'fee',
  'liquidity',
  'trigger_price',
  'limit_price',
  'slippage',
  'leverage',
]

/** Every execution, forced ones with the cause as their type. */
export const fillsCsv = ({ log }: BacktestReport): string =>
  csvText(
    FILL_COLUMNS,
    log.fills.map((entry) => {
      if ('cause' in entry) {
        const { time, instrument, tradeId, side, cause, price, quantity, fee } = entry
        return [
          isoTime(time),
          instrument.symbol,
          null,
          tradeId,
          'forced',
          side,
          cause,
          price.toString(),
          quantity.toString(),
          fee.toString(),
          'taker',
          null,
          null,
          null,
          null,
        ]
      }
      const { fill, order, slippage } = entry
      return [
        isoTime(fill.time),
        fill.instrument.symbol,
        fill.clientOrderId,
        order.tradeId,
        order.leg,
        fill.side,
        order.type,
        fill.price.toString(),
        fill.quantity.toString(),
        fill.fee.toString(),
        fill.liquidity,
        order.triggerPrice?.toString() ?? null,
        order.price?.toString() ?? null,
        decimalText(slippage),
        order.leverage ?? null,
      ]
    }),
  )

export const fundingCsv = ({ log }: BacktestReport): string =>
  csvText(
    ['time', 'symbol', 'side', 'quantity', 'mark', 'rate', 'amount'],
    log.funding.map((f) => [
      isoTime(f.time),
      f.instrument.symbol,
      f.direction,
      f.quantity.toString(),
      f.mark.toString(),
      f.rate,
      f.amount.toString(),
    ]),
  )

const DECISION_COLUMNS = [
  'time',
  'symbol',
  'strategy',
  'side',
  'outcome',
  'entry',
  'stop',
  'target',
  'quantity',
  'net_risk_reward',
  'confidence',
  'cluster_id',
  'refusals',
  'support',
  'reason',
  'messages',
]

/** Every decision record; several refusals are separated by a space. */
export const decisionsCsv = ({ log }: BacktestReport): string =>
  csvText(
    DECISION_COLUMNS,
    log.decisions.map(({ time, note }) => {
      const c = note.candidate
      return [
        isoTime(time),
        note.symbol,
        c.strategy,
        c.direction,
        note.outcome,
        numberText(c.entry),
        numberText(c.stop),
        numberText(c.target),
        note.quantity,
        rounded(c.netRiskReward),
        rounded(c.confidence),
        c.anchor?.id ?? null,
        note.refusals.map((r) => r.code).join(' '),
        note.support.join(' '),
        c.reason,
        note.refusals.map((r) => r.message).join('; '),
      ]
    }),
  )

export function equityCsv({ result }: BacktestReport): string {
  const points = equitySeries(result.equity)
  const falls = underwater(points)
  return csvText(
    ['time', 'equity', 'drawdown_ratio'],
    points.map(({ time, equity }, index) => [isoTime(time), numberText(equity), rounded(falls[index] ?? 0)]),
  )
}
