import { ZERO, type Decimal } from '../../../domain/decimal.ts'
import type { PositionReport } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import { epochMs } from '../../../domain/unit.ts'
import type { IncomeRow, TradeRow } from './account.ts'
import { readWindow, within } from './market-data/query.ts'
import { isError } from './market-data/reply.ts'
import { regularBody } from './order-shape.ts'
import { BAD_SYMBOL, failure, invalid, missing } from './reject-code.ts'
import { instrumentOf, ok, type Call, type Outcome, type Route } from './route.ts'

const SUCCESS = { code: 200, msg: 'success' }
const MARGIN_UNCHANGED = failure(-4046, 'No need to change margin type.')
const MODE_UNCHANGED = failure(-4059, 'No need to change position side.')
const HAS_POSITION = failure(-4068, 'Position side cannot be changed if there exists position.')
const MARGIN_HAS_POSITION = failure(-4048, 'Margin type cannot be changed if there exists position.')
const BAD_LEVERAGE = failure(-4028, 'Leverage is not valid.')
const LEVERAGE_HELD = failure(-4161, 'Leverage reduction is not supported in Isolated Margin Mode with open positions.')
const DEFAULT_LIMIT = 500
const MAX_LIMIT = 1_000

export interface AccountTerms {
  readonly feeMakerBp: number
  readonly feeTakerBp: number
  readonly marginMode: 'isolated' | 'cross'
  readonly mark: (instrument: Instrument) => number
}

/** Everything that is asked of an account besides its orders. */
export function accountRoutes(terms: AccountTerms): Readonly<Record<string, Route>> {
  const isolated = terms.marginMode === 'isolated'

  const reports = (call: Call): ReadonlyMap<string, PositionReport> =>
    new Map(
      call.account.exchange
        .snapshot(epochMs(call.now()))
        .positions.map((position) => [position.instrument.symbol, position]),
    )

  const leverageOf = (call: Call, instrument: Instrument): number => call.account.leverage.get(instrument.symbol) ?? 1

  function positionBody(call: Call, instrument: Instrument, report: PositionReport | undefined, v2: boolean): unknown {
    const sign = report?.direction === 'SHORT' ? -1 : 1
    const amount: Decimal = report ? report.quantity.times(sign) : ZERO
    const entry: Decimal = report?.entryPrice ?? ZERO
    const mark = terms.mark(instrument)
    const known = Number.isFinite(mark)
    const notional = known ? amount.times(mark) : ZERO
    const unrealised = known ? amount.times(entry.minus(mark).neg()) : ZERO
    const leverage = leverageOf(call, instrument)
    const margin = amount.abs().times(entry).div(leverage)
    return {
      symbol: instrument.symbol,
      positionSide: 'BOTH',
      positionAmt: amount.toFixed(),
      entryPrice: entry.toFixed(),
      breakEvenPrice: entry.toFixed(),
      markPrice: String(mark),
      unRealizedProfit: unrealised.toFixed(8),
      liquidationPrice: report?.liquidationPrice?.toFixed() ?? '0',
      isolatedMargin: isolated ? margin.plus(unrealised).toFixed(8) : '0',
      isolatedWallet: isolated ? margin.toFixed(8) : '0',
      notional: notional.toFixed(8),
      marginAsset: instrument.quote,
      initialMargin: margin.toFixed(8),
      maintMargin: '0',
      positionInitialMargin: margin.toFixed(8),
      openOrderInitialMargin: '0',
      adl: report ? 1 : 0,
      bidNotional: '0',
      askNotional: '0',
      updateTime: call.now(),
      ...(v2 && {
        leverage: String(leverage),
        marginType: isolated ? 'isolated' : 'cross',
        isolated,
        maxNotionalValue: '0',
      }),
    }
  }

  const positions =
    (v2: boolean) =>
    (call: Call): Outcome => {
      const symbol = call.parameters.get('symbol')
      if (symbol && !instrumentOf(call, symbol)) return BAD_SYMBOL
      const held = reports(call)
      const shown = call.instruments.filter((each) => (symbol ? each.symbol === symbol : v2 || held.has(each.symbol)))
      return ok(shown.map((each) => positionBody(call, each, held.get(each.symbol), v2)))
    }

  function unrealisedOf(call: Call): Decimal {
    let total: Decimal = ZERO
    for (const report of reports(call).values()) {
      const mark = terms.mark(report.instrument)
      const sign = report.direction === 'SHORT' ? -1 : 1
      if (Number.isFinite(mark))
        total = total.plus(report.quantity.times(sign).times(report.entryPrice.minus(mark).neg()))
    }
    return total
  }

  function accountBody(call: Call): Outcome {
    const wallet = call.account.wallet()
    const unrealised = unrealisedOf(call)
    const initial = initialOf(call)
    const figures = {
      walletBalance: wallet.toFixed(),
      unrealizedProfit: unrealised.toFixed(8),
      marginBalance: wallet.plus(unrealised).toFixed(8),
      maintMargin: '0',
      initialMargin: initial.toFixed(8),
      positionInitialMargin: initial.toFixed(8),
      openOrderInitialMargin: '0',
      crossWalletBalance: wallet.toFixed(),
      crossUnPnl: unrealised.toFixed(8),
      availableBalance: wallet.minus(initial).toFixed(8),
      maxWithdrawAmount: wallet.minus(initial).toFixed(8),
    }
    return ok({
      totalInitialMargin: figures.initialMargin,
      totalMaintMargin: '0',
      totalWalletBalance: figures.walletBalance,
      totalUnrealizedProfit: figures.unrealizedProfit,
      totalMarginBalance: figures.marginBalance,
      totalPositionInitialMargin: figures.initialMargin,
      totalOpenOrderInitialMargin: '0',
      totalCrossWalletBalance: figures.walletBalance,
      totalCrossUnPnl: figures.unrealizedProfit,
      availableBalance: figures.availableBalance,
      maxWithdrawAmount: figures.maxWithdrawAmount,
      canTrade: true,
      canDeposit: false,
      canWithdraw: false,
      feeTier: 0,
      multiAssetsMargin: false,
      assets: [{ asset: call.instruments[0]?.quote ?? 'USDT', ...figures, updateTime: Math.max(1, call.now()) }],
      positions: [...reports(call).values()].map((report) => positionBody(call, report.instrument, report, true)),
    })
  }

  function balance(call: Call): Outcome {
    const wallet = call.account.wallet().toFixed()
    const available = call.account.wallet().minus(initialOf(call)).toFixed(8)
    return ok([
      {
        accountAlias: 'embedded',
        asset: call.instruments[0]?.quote ?? 'USDT',
        balance: wallet,
        crossWalletBalance: wallet,
        crossUnPnl: unrealisedOf(call).toFixed(8),
        availableBalance: available,
        maxWithdrawAmount: available,
        marginAvailable: true,
        updateTime: Math.max(1, call.now()),
      },
    ])
  }

  /** Places in the queue for deleveraging, 0 to 4: accounts here do not meet, so each stands first with what it holds. */
  function adlQuantile(call: Call): Outcome {
    const symbol = call.parameters.get('symbol')
    return ok(
      [...reports(call).values()]
        .filter(({ instrument }) => symbol === null || instrument.symbol === symbol)
        .map(({ instrument }) => ({ symbol: instrument.symbol, adlQuantile: { LONG: 0, SHORT: 0, BOTH: 4 } })),
    )
  }

  function initialOf(call: Call): Decimal {
    let initial: Decimal = ZERO
    for (const { instrument, quantity, entryPrice } of reports(call).values())
      initial = initial.plus(quantity.times(entryPrice).div(leverageOf(call, instrument)))
    return initial
  }

  function brackets(call: Call): Outcome {
    const symbol = call.parameters.get('symbol')
    return ok(
      call.instruments
        .filter((each) => symbol === null || each.symbol === symbol)
        .map((each) => ({
          symbol: each.symbol,
          notionalCoef: 1,
          brackets: each.marginTiers.map((tier, i) => ({
            bracket: i + 1,
            initialLeverage: tier.maxLeverage,
            notionalCap: tier.capUsd,
            notionalFloor: tier.floorUsd,
            maintMarginRatio: tier.maintenanceRatio,
            cum: tier.deductionUsd,
          })),
        })),
    )
  }

  function symbolConfig(call: Call): Outcome {
    const symbol = call.parameters.get('symbol')
    return ok(
      call.instruments
        .filter((each) => symbol === null || each.symbol === symbol)
        .map((each) => ({
          symbol: each.symbol,
          marginType: isolated ? 'ISOLATED' : 'CROSSED',
          isAutoAddMargin: 'false',
          leverage: leverageOf(call, each),
          maxNotionalValue: String(each.marginTiers.at(-1)?.capUsd ?? 0),
        })),
    )
  }

  function setLeverage(call: Call): Outcome {
    const instrument = instrumentOf(call, call.parameters.get('symbol'))
    if (!instrument) return BAD_SYMBOL
    const leverage = Number(call.parameters.get('leverage'))
    const most = Math.max(...instrument.marginTiers.map((tier) => tier.maxLeverage))
    if (!Number.isInteger(leverage) || leverage < 1 || leverage > most) return BAD_LEVERAGE
    if (leverage !== leverageOf(call, instrument)) {
      if (!call.account.exchange.setLeverage(instrument, leverage)) return LEVERAGE_HELD
      call.account.leverage.set(instrument.symbol, leverage)
      const { symbol } = instrument
      call.tell({ e: 'ACCOUNT_CONFIG_UPDATE', E: call.now(), T: call.now(), ac: { s: symbol, l: leverage } })
    }
    return ok({
      leverage,
      maxNotionalValue: String(instrument.marginTiers.at(-1)?.capUsd ?? 0),
      symbol: instrument.symbol,
    })
  }

  function setMarginType(call: Call): Outcome {
    const instrument = instrumentOf(call, call.parameters.get('symbol'))
    if (!instrument) return BAD_SYMBOL
    const asked = call.parameters.get('marginType')
    if (asked !== 'ISOLATED' && asked !== 'CROSSED')
      return asked === null ? missing('marginType') : invalid('marginType')
    // The matching core has one margin mode for the whole account, chosen when it was opened.
    return (asked === 'ISOLATED') === isolated ? MARGIN_UNCHANGED : MARGIN_HAS_POSITION
  }

  function setDual(call: Call): Outcome {
    const asked = call.parameters.get('dualSidePosition')
    if (asked !== 'true' && asked !== 'false') return missing('dualSidePosition')
    if ((asked === 'true') === call.account.hedged) return MODE_UNCHANGED
    if (reports(call).size > 0) return HAS_POSITION
    call.account.hedged = asked === 'true'
    return ok(SUCCESS)
  }

  return {
    'GET /fapi/v2/positionRisk': { access: 'signed', weight: 5, handle: positions(true) },
    'GET /fapi/v3/positionRisk': { access: 'signed', weight: 5, handle: positions(false) },
    'GET /fapi/v2/account': { access: 'signed', weight: 5, handle: accountBody },
    'GET /fapi/v3/account': { access: 'signed', weight: 5, handle: accountBody },
    'GET /fapi/v1/leverageBracket': { access: 'signed', weight: 1, handle: brackets },
    'GET /fapi/v1/symbolConfig': { access: 'signed', weight: 5, handle: symbolConfig },
    'POST /fapi/v1/leverage': { access: 'signed', weight: 1, handle: setLeverage },
    'POST /fapi/v1/marginType': { access: 'signed', weight: 1, handle: setMarginType },
    'POST /fapi/v1/positionSide/dual': { access: 'signed', weight: 1, handle: setDual },
    'GET /fapi/v1/positionSide/dual': {
      access: 'signed',
      weight: 30,
      handle: (call) => ok({ dualSidePosition: call.account.hedged }),
    },
    'GET /fapi/v1/commissionRate': {
      access: 'signed',
      weight: 20,
      handle: (call) =>
        ok({
          symbol: call.parameters.get('symbol'),
          makerCommissionRate: String(terms.feeMakerBp / 10_000),
          takerCommissionRate: String(terms.feeTakerBp / 10_000),
        }),
    },
    'GET /fapi/v1/userTrades': { access: 'signed', weight: 5, handle: userTrades },
    'GET /fapi/v1/income': { access: 'signed', weight: 30, handle: income },
    'GET /fapi/v1/forceOrders': {
      access: 'signed',
      weight: 20,
      handle: forceOrders,
    },
    'GET /fapi/v2/balance': { access: 'signed', weight: 5, handle: balance },
    'GET /fapi/v3/balance': { access: 'signed', weight: 5, handle: balance },
    'GET /fapi/v1/adlQuantile': { access: 'signed', weight: 5, handle: adlQuantile },
    'POST /fapi/v1/countdownCancelAll': { access: 'signed', weight: 10, handle: countdown },
  }
}

const tradeBody = (row: TradeRow): unknown => ({
  symbol: row.instrument.symbol,
  id: row.id,
  orderId: row.orderId,
  side: row.side,
  price: row.price,
  qty: row.quantity,
  realizedPnl: row.realised,
  quoteQty: row.quote,
  commission: row.fee,
  commissionAsset: row.instrument.quote,
  time: row.time,
  positionSide: 'BOTH',
  buyer: row.side === 'BUY',
  maker: row.maker,
})

function userTrades(call: Call): Outcome {
  const { parameters, account } = call
  const symbol = parameters.get('symbol')
  if (!symbol) return missing('symbol')
  const window = readWindow(parameters, DEFAULT_LIMIT, MAX_LIMIT)
  if (isError(window)) return failure(window.code, window.msg)
  const orderId = parameters.get('orderId')
  const fromId = parameters.get('fromId')
  const rows = account.trades.filter(
    (row) => row.instrument.symbol === symbol && (orderId === null || String(row.orderId) === orderId),
  )
  const page =
    fromId === null
      ? within(rows, (row) => row.time, window)
      : rows.filter((row) => row.id >= Number(fromId)).slice(0, window.limit)
  return ok(page.map(tradeBody))
}

function forceOrders(call: Call): Outcome {
  const { parameters, account } = call
  const symbol = parameters.get('symbol')
  const type = parameters.get('autoCloseType')
  if (type !== null && type !== 'LIQUIDATION' && type !== 'ADL') return invalid('autoCloseType')
  const window = readWindow(parameters, 50, 100)
  if (isError(window)) return failure(window.code, window.msg)
  const rows = account.forced.filter(
    (order) =>
      (symbol === null || order.instrument.symbol === symbol) &&
      (type === null || order.clientOrderId.startsWith(type === 'ADL' ? 'adl_' : 'autoclose-')),
  )
  return ok(within(rows, (order) => order.createTime, window).map(regularBody))
}

function countdown(call: Call): Outcome {
  const instrument = instrumentOf(call, call.parameters.get('symbol'))
  if (!instrument) return call.parameters.get('symbol') ? BAD_SYMBOL : missing('symbol')
  const text = call.parameters.get('countdownTime')
  if (text === null) return missing('countdownTime')
  if (!/^\d{1,12}$/.test(text)) return invalid('countdownTime')
  const time = Number(text)
  if (time === 0) call.account.countdowns.disarm(instrument)
  else call.account.countdowns.arm(instrument, call.now() + time)
  return ok({ symbol: instrument.symbol, countdownTime: text })
}

const incomeBody = (row: IncomeRow): unknown => ({
  symbol: row.instrument.symbol,
  incomeType: row.type,
  income: row.amount,
  asset: row.instrument.quote,
  info: row.type,
  time: row.time,
  tranId: row.id,
  tradeId: row.tradeId,
})

function income(call: Call): Outcome {
  const { parameters, account } = call
  const window = readWindow(parameters, 100, MAX_LIMIT)
  if (isError(window)) return failure(window.code, window.msg)
  const type = parameters.get('incomeType')
  const symbol = parameters.get('symbol')
  const rows = account.incomes.filter(
    (row) => (type === null || row.type === type) && (symbol === null || row.instrument.symbol === symbol),
  )
  return ok(within(rows, (row) => row.time, window).map(incomeBody))
}
