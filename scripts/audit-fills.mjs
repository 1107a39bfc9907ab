/**
 * Checks an exported backtest against its bars:
 *   node scripts/audit-fills.mjs DIR --data FILE [--data FILE …] [--set name=value …]
 * DIR holds fills.csv, funding.csv, trades.csv and result.json. This program shares no code with the one that made them:
 * every rule is worked out again from the bars, in plain numbers. It prints how often each rule was applied and each
 * violation with its line, and ends with 1 when there is one.
 *
 * Assumptions that the export does not state are taken from --set name=value, else from the defaults below.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string', multiple: true }, set: { type: 'string', multiple: true, default: [] } },
})
const [directory] = positionals
if (directory === undefined || flags.data === undefined) {
  console.error('usage: node scripts/audit-fills.mjs DIR --data FILE [--data FILE …] [--set name=value …]')
  process.exit(1)
}

const RELATIVE = 1e-9
const HOUR = 3_600_000
const SETTLEMENT = 8 * HOUR
const HOLD = 1_000
const ATR_PERIOD = 14
/** What is open at the end of the data is closed within this time. */
const CLOSING = 60_000

// ---------------------------------------------------------------------------------------------------- reading

/** Lines of a CSV text as objects, each with the number of its line. */
function parseCsv(text) {
  const rows = []
  let row = []
  let cell = ''
  let quoted = false
  let line = 1
  let startLine = 1
  const endRow = () => {
    row.push(cell)
    if (row.length > 1 || row[0] !== '') rows.push({ cells: row, line: startLine })
    row = []
    cell = ''
    startLine = line
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '\n') line++
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') cell += text[++i]
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',') {
      row.push(cell)
      cell = ''
    } else if (c === '\n') endRow()
    else if (c !== '\r') cell += c
  }
  if (cell !== '' || row.length > 0) endRow()
  const [head, ...body] = rows
  if (head === undefined) return []
  return body.map(({ cells, line: at }) => ({
    line: at,
    ...Object.fromEntries(head.cells.map((name, i) => [name, cells[i] ?? ''])),
  }))
}

const table = (name) => parseCsv(readFileSync(join(directory, name), 'utf8'))
const number = (text) => (text === '' || text === undefined ? NaN : Number(text))
const timeOf = (text) => (/^\d+$/.test(text) ? Number(text) * (text.length <= 11 ? 1_000 : 1) : Date.parse(text))

function readBars(file) {
  const bytes = readFileSync(file)
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
  const symbol = /([A-Z0-9]{2,12}?USD[TC]?)/.exec(file.split(/[\\/]/).at(-1))?.[1]
  if (symbol === undefined) throw new Error(`${file}: its name does not say which symbol it holds`)
  const rows = parseCsv(text)
  const names = Object.keys(rows[0] ?? {})
  const named = (pattern) => names.find((name) => pattern.test(name))
  const key = {
    time: named(/^(ts|time|timestamp|open_?time|date)$/i),
    open: named(/^open(?!_?(interest|time))/i),
    high: named(/^high/i),
    low: named(/^low/i),
    close: named(/^close(?!_?time)/i),
    volume: named(/^volume/i),
    funding: named(/^funding_?rate/i),
  }
  const bars = []
  let rate = NaN
  for (const row of rows) {
    const known = number(row[key.funding])
    if (!Number.isNaN(known)) rate = known
    const bar = {
      time: timeOf(row[key.time]),
      open: number(row[key.open]),
      high: number(row[key.high]),
      low: number(row[key.low]),
      close: number(row[key.close]),
      volume: number(row[key.volume]),
      rate,
    }
    if (bar.open > 0) bars.push(bar)
  }
  let length = Infinity
  for (let i = 1; i < bars.length; i++) length = Math.min(length, bars[i].time - bars[i - 1].time)
  addAtr(bars)
  return {
    symbol,
    bars,
    length,
    index: new Map(bars.map((bar, i) => [bar.time, i])),
    tick: tickOf(symbol, bars[0].open),
    brackets: bracketsOf(symbol),
  }
}

/** Wilder's average true range of the bars before each one. */
function addAtr(bars) {
  let atr = NaN
  let sum = 0
  for (let i = 0; i < bars.length; i++) {
    bars[i].atrBefore = atr
    const { high, low } = bars[i]
    const before = i === 0 ? NaN : bars[i - 1].close
    const range = i === 0 ? high - low : Math.max(high, before) - Math.min(low, before)
    if (i < ATR_PERIOD) {
      sum += range
      if (i === ATR_PERIOD - 1) atr = sum / ATR_PERIOD
    } else atr = (atr * (ATR_PERIOD - 1) + range) / ATR_PERIOD
  }
}

function tickOf(symbol, price) {
  const known = { BTCUSDT: 0.1, ETHUSDT: 0.01, SOLUSDT: 0.01 }[symbol]
  return known ?? 10 ** (Math.floor(Math.log10(price)) - 4)
}

/** Upper bound of notional and maintenance rate of each bracket. */
function bracketsOf(symbol) {
  const big = [
    [50e3, 0.004],
    [600e3, 0.005],
    [3e6, 0.0065],
    [12e6, 0.01],
    [Infinity, 0.02],
  ]
  const tables = {
    BTCUSDT: big,
    ETHUSDT: big,
    SOLUSDT: [
      [50e3, 0.005],
      [250e3, 0.0065],
      [1.5e6, 0.01],
      [6e6, 0.02],
      [Infinity, 0.025],
    ],
  }
  return (
    tables[symbol] ?? [
      [25e3, 0.01],
      [150e3, 0.02],
      [750e3, 0.025],
      [2e6, 0.05],
      [Infinity, 0.1],
    ]
  )
}

/** Margin that a notional demands: each slice at its own bracket's rate. */
function maintenance(notional, brackets) {
  let total = 0
  let floor = 0
  for (const [cap, rate] of brackets) {
    if (notional > floor) total += (Math.min(notional, cap) - floor) * rate
    floor = cap
  }
  return total
}

const markets = new Map(flags.data.map(readBars).map((market) => [market.symbol, market]))
const fills = table('fills.csv')
const funding = table('funding.csv')
const trades = table('trades.csv')
const result = JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8'))
const summary = result.summary ?? result
const terms = {
  fee_maker_bp: 2,
  fee_taker_bp: 5,
  half_spread_bp: { BTCUSDT: 0.5, ETHUSDT: 1, SOLUSDT: 2, default: 2 },
  latency_ms: 50,
  limit_volume_pct: 2,
  stop_slippage_min_bp: 2,
  stop_slippage_range_pct: 10,
  stop_slippage_wide_pct: 25,
  wide_bar_atr: 3,
  liquidation_fee_pct: 1.25,
  margin_mode: 'isolated',
  ...result.assumptions,
}
for (const pair of flags.set) {
  const [name, value] = pair.split('=')
  terms[name] =
    name === 'half_spread_bp' ? { default: Number(value) } : Number.isNaN(Number(value)) ? value : Number(value)
}
const halfSpread = (symbol) => (terms.half_spread_bp[symbol] ?? terms.half_spread_bp.default) / 10_000

// ---------------------------------------------------------------------------------------------------- rules

const rules = new Map()

/** Applies a rule once; `holds` false is a violation, told with its line. */
function rule(name, holds, where, what) {
  const entry = rules.get(name) ?? { checked: 0, violations: [] }
  rules.set(name, entry)
  entry.checked++
  if (!holds) entry.violations.push(`${where}: ${what()}`)
}

const near = (a, b, tolerance = RELATIVE) => Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b))

/** The bar at a time, or, after their end and in a hole of them, the one whose close still stands. */
function barAt(market, time) {
  const { bars } = market
  let low = 0
  let high = bars.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (bars[middle].time <= time) low = middle + 1
    else high = middle
  }
  return bars[low - 1]
}

const isOver = (market, bar, time) => time >= bar.time + market.length

/** Price on the assumed way through a bar: open, nearer extreme, other extreme, close; each price stands for a second. */
function priceAt(market, bar, time) {
  const third = Math.floor(market.length / 3)
  const highFirst = bar.high - bar.open < bar.open - bar.low
  const points = [
    [0, bar.open],
    [third, highFirst ? bar.high : bar.low],
    [2 * third, highFirst ? bar.low : bar.high],
    [market.length - 1, bar.close],
  ]
  const into = time - bar.time
  for (let i = 1; i < points.length; i++) {
    const [from, a] = points[i - 1]
    const [to, b] = points[i]
    if (into >= to) continue
    const leaves = from + Math.min(HOLD, (to - from) / 2)
    return into <= leaves ? a : a + ((b - a) * (into - leaves)) / (to - leaves)
  }
  return bar.close
}

/** The trade an order belongs to is written in its id: strategy, start, number of the trade, leg, revision. */
function tradeOf(fill) {
  const id = /^l[0-9a-z]{2}([0-9a-z]{3})([0-9a-z]{8})[espx][0-9a-z]{3}$/.exec(fill.client_order_id)
  if (id !== null) return byId.get(`${fill.symbol}-${parseInt(id[1], 36)}-${parseInt(id[2], 36)}`)
  const at = timeOf(fill.time)
  return trades.find(
    (trade) => trade.symbol === fill.symbol && timeOf(trade.entry_time) <= at && at <= timeOf(trade.exit_time),
  )
}

const byId = new Map(trades.map((trade) => [trade.id, trade]))
const fillsOf = new Map(trades.map((trade) => [trade, []]))
const direction = (trade) => ((trade.side ?? trade.direction) === 'LONG' ? 1 : -1)
const capUse = new Map()

for (const fill of fills) {
  const where = `fills.csv:${fill.line}`
  const market = markets.get(fill.symbol)
  const time = timeOf(fill.time)
  const price = number(fill.price)
  const quantity = number(fill.quantity)
  const fee = number(fill.fee)
  const over = market === undefined ? 0 : market.bars.at(-1).time + market.length
  const bar = market === undefined ? undefined : barAt(market, time)
  rule(
    'fill lies within the data',
    bar !== undefined && time < over + CLOSING,
    where,
    () => `${fill.time} is outside the bars of ${fill.symbol}`,
  )
  if (bar === undefined) continue
  if (fill.liquidity === 'maker')
    rule(
      'limit fills while a bar lasts',
      !isOver(market, bar, time),
      where,
      () => `no bar of ${fill.symbol} at ${fill.time}`,
    )
  const trade = tradeOf(fill)
  rule(
    'fill belongs to a trade',
    trade !== undefined,
    where,
    () => `order ${fill.client_order_id} belongs to no trade in trades.csv`,
  )
  if (trade !== undefined) fillsOf.get(trade).push(fill)
  rule(
    'price lies on the tick',
    near(price / market.tick, Math.round(price / market.tick)),
    where,
    () => `${price} is no multiple of ${market.tick}`,
  )
  const sign = fill.side === 'buy' ? 1 : -1

  if (fill.leg === 'forced') {
    auditForced(fill, where, market, bar, trade, price, quantity, fee)
    continue
  }
  const rate = (fill.liquidity === 'maker' ? terms.fee_maker_bp : terms.fee_taker_bp) / 10_000
  rule(
    `fee, ${fill.liquidity}`,
    near(fee, price * quantity * rate, 1e-8),
    where,
    () => `fee ${fee}, ${price} × ${quantity} × ${rate} is ${price * quantity * rate}`,
  )

  if (fill.liquidity === 'maker') {
    const limit = number(fill.limit_price)
    rule('maker fills at its limit', near(price, limit), where, () => `filled at ${price}, limit ${limit}`)
    const through =
      sign > 0 ? bar.low <= limit - market.tick * (1 - 1e-6) : bar.high >= limit + market.tick * (1 - 1e-6)
    rule(
      'limit needs a trade a tick beyond it',
      through,
      where,
      () =>
        `${fill.side} limit ${limit} filled, the bar at ${new Date(bar.time).toISOString()} ranges ${bar.low} to ${bar.high}`,
    )
    const slot = `${fill.symbol} ${bar.time}`
    capUse.set(slot, { used: (capUse.get(slot)?.used ?? 0) + quantity, bar, where })
  } else if (fill.type === 'stop_market') auditStop(fill, where, market, time, sign, price, trade)
  else {
    const current = priceAt(market, bar, time)
    const best = current * (1 + sign * halfSpread(fill.symbol))
    rule(
      'taker pays half the spread',
      sign * (price - best) >= -RELATIVE * best,
      where,
      () => `${fill.side} at ${price}, the price stood at ${current}, no better than ${best} is possible`,
    )
    const limit = number(fill.limit_price)
    if (!Number.isNaN(limit))
      rule(
        'taker keeps its limit',
        sign * (limit - price) >= -RELATIVE * price,
        where,
        () => `${fill.side} at ${price} beyond its limit ${limit}`,
      )
  }
}

function auditStop(fill, where, market, time, sign, price, trade) {
  const trigger = number(fill.trigger_price)
  rule(
    'stop is never better than its trigger',
    sign * (price - trigger) >= -RELATIVE * trigger,
    where,
    () => `${fill.side} stop ${trigger} filled at ${price}`,
  )
  // What happened a latency ago released the order; that may have been in the bar before.
  const released = time - terms.latency_ms
  const bar = barAt(market, released)
  if (bar === undefined) return
  rule(
    'stop fires while a bar lasts',
    !isOver(market, bar, released),
    where,
    () => `no bar of ${fill.symbol} at ${fill.time}`,
  )
  const extreme = sign > 0 ? bar.high : bar.low
  rule(
    'stop was reached in its bar',
    sign * (extreme - trigger) >= -RELATIVE * trigger,
    where,
    () =>
      `${fill.side} stop ${trigger}, the bar at ${new Date(bar.time).toISOString()} ranges ${bar.low} to ${bar.high}`,
  )
  // A stop that was there before the bar opens with the bar; one that was set within it is met on the way.
  const base = released === bar.time && sign * (bar.open - trigger) > 0 ? bar.open : trigger
  if (trade !== undefined && timeOf(trade.entry_time) < bar.time && number(trade.stop_price) === trigger) {
    rule(
      'gap through a stop is met at the open',
      !(sign * (bar.open - trigger) > 0) || released === bar.time,
      where,
      () => `bar opened at ${bar.open} beyond the stop ${trigger}, filled only at ${fill.time}`,
    )
  }
  const wide = bar.high - bar.low >= terms.wide_bar_atr * bar.atrBefore
  const share = (wide ? terms.stop_slippage_wide_pct : terms.stop_slippage_range_pct) / 100
  const slip = Math.max((base * terms.stop_slippage_min_bp) / 10_000, share * sign * (extreme - base))
  const best = base + sign * slip
  const name = wide ? 'stop slips by its formula, wide bar' : 'stop slips by its formula'
  rule(
    name,
    sign * (price - best) >= -RELATIVE * best,
    where,
    () => `${fill.side} stop ${trigger} filled at ${price}, from ${base} no better than ${best} is possible`,
  )
  if (trade === undefined) return
  const liquidation = liquidationPrice(market, trade, time)
  if (Number.isNaN(liquidation)) return
  rule(
    'liquidation comes before a stop beyond it',
    sign * (liquidation - trigger) >= -market.tick,
    where,
    () => `stop ${trigger} lies beyond the liquidation at ${liquidation}`,
  )
}

/** By bisection of equity less maintenance margin; NaN where the leverage of the position is not stated. */
function liquidationPrice(market, trade, time) {
  const entries = fills.filter((fill) => fill.leg === 'entry' && tradeOf(fill) === trade && timeOf(fill.time) <= time)
  const leverage = number(entries[0]?.leverage)
  if (Number.isNaN(leverage) || terms.margin_mode !== 'isolated') return NaN
  const sign = direction(trade)
  const quantity = entries.reduce((sum, fill) => sum + number(fill.quantity), 0)
  const cost = entries.reduce((sum, fill) => sum + number(fill.quantity) * number(fill.price), 0)
  const paid = fundingOf(trade)
    .filter((row) => timeOf(row.time) <= time)
    .reduce((sum, row) => sum + number(row.amount), 0)
  const margin = cost / leverage + paid
  const left = (price) => margin + sign * (quantity * price - cost) - maintenance(quantity * price, market.brackets)
  let safe = cost / quantity
  let gone = sign > 0 ? 0 : 3 * safe
  if (left(gone) >= 0) return NaN
  for (let i = 0; i < 80; i++) {
    const middle = (safe + gone) / 2
    if (left(middle) > 0) safe = middle
    else gone = middle
  }
  return gone
}

function auditForced(fill, where, market, bar, trade, price, quantity, fee) {
  if (fill.type !== 'liquidation') return
  const most = (price * quantity * terms.liquidation_fee_pct) / 100
  rule('liquidation fee', fee >= 0 && fee <= most * (1 + 1e-8), where, () => `fee ${fee}, at most ${most}`)
  if (trade === undefined) return
  const sign = direction(trade)
  const stop = number(trade.stop_price)
  // A bar that opens beyond both meets them together.
  const jumped = sign * (bar.open - stop) < 0 && sign * (bar.open - price) <= market.tick
  rule(
    'a stop before the liquidation comes first',
    sign * (price - stop) >= -market.tick || jumped,
    where,
    () => `liquidated at ${price}, the stop stood at ${stop}`,
  )
  rule(
    'liquidation was reached in its bar',
    sign > 0 ? bar.low <= price + market.tick : bar.high >= price - market.tick,
    where,
    () => `liquidated at ${price}, the bar ranges ${bar.low} to ${bar.high}`,
  )
  const level = liquidationPrice(market, trade, timeOf(fill.time))
  if (!Number.isNaN(level))
    rule(
      'liquidation is no better than its price',
      sign * (price - level) <= market.tick * 1e-3 || near(price, level, 1e-7),
      where,
      () => `liquidated at ${price}, the margin was used up at ${level}`,
    )
}

for (const { used, bar, where } of capUse.values()) {
  if (Number.isNaN(bar.volume)) continue
  const most = (bar.volume * terms.limit_volume_pct) / 100
  rule(
    'resting limits take their share of the volume at most',
    used <= most * (1 + 1e-9),
    where,
    () => `${used} filled in a bar of ${bar.volume}, at most ${most}`,
  )
}

// ---------------------------------------------------------------------------------------------------- funding

/** Base units held just before a time, positive = long. */
function heldBefore(symbol, time) {
  let held = 0
  for (const fill of fills)
    if (fill.symbol === symbol && timeOf(fill.time) < time)
      held += (fill.side === 'buy' ? 1 : -1) * number(fill.quantity)
  return Math.abs(held) < 1e-12 ? 0 : held
}

for (const row of funding) {
  const where = `funding.csv:${row.line}`
  const market = markets.get(row.symbol)
  const time = timeOf(row.time)
  const bar = market?.bars[market.index.get(time)]
  rule(
    'funding settles at the open of a bar',
    bar !== undefined,
    where,
    () => `no bar of ${row.symbol} opens at ${row.time}`,
  )
  if (bar === undefined) continue
  const sign = (row.side ?? row.direction) === 'LONG' ? 1 : -1
  const quantity = number(row.quantity)
  rule(
    'funding rate and mark are the bar’s',
    near(number(row.rate), bar.rate) && near(number(row.mark), bar.open),
    where,
    () => `rate ${row.rate} at ${row.mark}, the bar says ${bar.rate} at ${bar.open}`,
  )
  const due = -sign * quantity * bar.open * bar.rate
  rule(
    'funding amount: longs pay a positive rate',
    near(number(row.amount), due, 1e-8),
    where,
    () => `${row.amount} booked, ${due} due`,
  )
  const opensNow = fills.some((fill) => fill.symbol === row.symbol && timeOf(fill.time) === time)
  if (!opensNow)
    rule(
      'funding is paid on what was held',
      near(sign * quantity, heldBefore(row.symbol, time)),
      where,
      () => `${sign * quantity} charged, ${heldBefore(row.symbol, time)} held`,
    )
}

const settled = new Map()
for (const row of funding) {
  const key = `${row.symbol} ${timeOf(row.time)}`
  settled.set(key, (settled.get(key) ?? 0) + 1)
}
for (const trade of trades) {
  const market = markets.get(trade.symbol)
  if (market === undefined) continue
  const first = timeOf(trade.entry_time)
  const last = timeOf(trade.exit_time)
  for (
    let i = Math.max(
      1,
      market.bars.findIndex((bar) => bar.time > first),
    );
    i < market.bars.length && market.bars[i].time < last;
    i++
  ) {
    const bar = market.bars[i]
    const before = market.bars[i - 1]
    if (!Number.isFinite(bar.rate)) continue
    const regular = Math.floor(bar.time / SETTLEMENT) - Math.floor(before.time / SETTLEMENT)
    const due = regular > 0 ? regular : Number.isFinite(before.rate) && before.rate !== bar.rate ? 1 : 0
    if (due === 0) continue
    const found = settled.get(`${trade.symbol} ${bar.time}`) ?? 0
    rule(
      'no settlement is left out',
      found === due,
      `trades.csv:${trade.line}`,
      () => `${due} settlements due at ${new Date(bar.time).toISOString()}, ${found} in funding.csv`,
    )
  }
}

// ---------------------------------------------------------------------------------------------------- trades

function fundingOf(trade) {
  return funding.filter(
    (row) =>
      row.symbol === trade.symbol &&
      timeOf(trade.entry_time) <= timeOf(row.time) &&
      timeOf(row.time) <= timeOf(trade.exit_time),
  )
}

let total = 0
for (const trade of trades) {
  const where = `trades.csv:${trade.line}`
  const sign = direction(trade)
  const own = fillsOf.get(trade)
  let bought = 0
  let sold = 0
  let paid = 0
  let received = 0
  let fees = 0
  for (const fill of own) {
    const notional = number(fill.price) * number(fill.quantity)
    fees += number(fill.fee)
    if (fill.side === 'buy') {
      bought += number(fill.quantity)
      paid += notional
    } else {
      sold += number(fill.quantity)
      received += notional
    }
  }
  const quantity = number(trade.quantity)
  rule(
    'trade is closed by its fills',
    near(bought, quantity) && near(sold, quantity),
    where,
    () => `quantity ${quantity}, bought ${bought}, sold ${sold}`,
  )
  const [entry, exit] = sign > 0 ? [paid / bought, received / sold] : [received / sold, paid / bought]
  rule(
    'trade’s prices are its fills’',
    near(number(trade.entry_price), entry, 1e-8) && near(number(trade.exit_price), exit, 1e-8),
    where,
    () => `${trade.entry_price} to ${trade.exit_price}, fills say ${entry} to ${exit}`,
  )
  rule(
    'trade’s fees are its fills’',
    near(number(trade.fees), fees, 1e-8),
    where,
    () => `${trade.fees}, fills say ${fees}`,
  )
  const settledFunding = fundingOf(trade).reduce((sum, row) => sum + number(row.amount), 0)
  rule(
    'trade’s funding is what was settled',
    near(number(trade.funding), settledFunding, 1e-8),
    where,
    () => `${trade.funding}, settlements say ${settledFunding}`,
  )
  const pnl = received - paid - fees + settledFunding
  rule(
    'profit = gross − fees + funding',
    near(number(trade.pnl), pnl, 1e-7),
    where,
    () => `${trade.pnl}, worked out ${pnl}`,
  )
  const r = pnl / (quantity * Math.abs(entry - number(trade.stop_price)))
  rule(
    'R = profit / (quantity × distance of the first stop)',
    near(number(trade.r_multiple), r, 1e-6),
    where,
    () => `${trade.r_multiple}, worked out ${r}`,
  )
  total += number(trade.pnl)
}
const start = number(summary.starting_balance)
const final = number(summary.final_balance)
rule(
  'final balance = start + Σ profit, to the cent',
  Math.abs(start + total - final) < 0.005,
  'result.json',
  () => `${final}, worked out ${start + total}`,
)
const forcedFills = fills.filter((fill) => fill.leg === 'forced').length
if (summary.liquidations !== undefined)
  rule(
    'liquidations are counted',
    summary.liquidations === forcedFills,
    'result.json',
    () => `${summary.liquidations}, fills.csv has ${forcedFills}`,
  )

// ---------------------------------------------------------------------------------------------------- report

console.log(
  `${fills.length} fills, ${funding.length} settlements, ${trades.length} trades; ${[...markets.values()].map((each) => `${each.symbol} ${each.bars.length} bars`).join(', ')}`,
)
let bad = 0
for (const [name, { checked, violations }] of rules) {
  console.log(
    `${violations.length === 0 ? 'ok  ' : 'FAIL'} ${String(checked).padStart(7)}  ${name}${violations.length === 0 ? '' : `: ${violations.length} violations`}`,
  )
  for (const violation of violations.slice(0, 20)) console.log(`       ${violation}`)
  bad += violations.length
}
if (fills.some((fill) => fill.leverage === undefined))
  console.log('fills.csv states no leverage: where liquidation would have come was not worked out')
console.log(bad === 0 ? 'no violation' : `${bad} violations`)
process.exitCode = bad === 0 ? 0 : 1
