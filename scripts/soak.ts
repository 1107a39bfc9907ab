import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StatusReport } from '../src/domain/account-report.ts'
import { latchName } from '../src/domain/latch-name.ts'
import { parseDuration } from '../src/domain/time.ts'
import { differences, journalFile, journalSize } from './soak/books.ts'
import { chance, drawTrouble, type Trouble } from './soak/fault.ts'
import type { Census } from './soak/inspector.ts'
import { usage, type Running } from './soak/process.ts'
import { growths, tableHead, tableRow, trends, type Process, type Sample } from './soak/report.ts'
import { createTruth } from './soak/truth.ts'
import { createWatch, type Blind } from './soak/watch.ts'
import { openWorld, SYMBOLS } from './soak/world.ts'

const { values } = parseArgs({
  options: {
    /** Wall time. */
    duration: { type: 'string', default: '2h' },
    seed: { type: 'string', default: '1' },
    /** Market time per wall time. */
    speed: { type: 'string', default: '240' },
    /** Wall seconds between two samples. */
    every: { type: 'string', default: '60' },
    /** Wall seconds between two faults, on average. */
    fault: { type: 'string', default: '8' },
  },
})

const SECOND = 1_000
const BALANCE = 100_000
/** What a process needs until its memory shows how it lives. */
const WARM_SECONDS = 600
/** When the bot is killed, in shares of the whole; after the last it lives long enough for its slope. */
const KILLS = [0.04, 0.09, 0.16, 0.24, 0.3]
const BETWEEN_KILLS_MS = 45 * SECOND
/** The end, without new faults: until everything is resolved. */
const CALM_MS = 20 * SECOND
const LEAVE_WITHIN_MS = 40 * SECOND
/** Orders that pass between two faults of orders. */
const ORDERS_BETWEEN = 4
const CENSUS_EVERY = 10
const EXCHANGE_REFUSES = 6
/** Nobody trades beside the bot: what a fault has latched is over when it is cleared. */
const MOST_IN_A_ROW = 3
/** A minute of the market is what its request budget lasts. */
const LEAST_DOWN_SECONDS = 60

const duration = parseDuration(values.duration)
if (duration === undefined) throw new RangeError(`--duration ${values.duration}: write it like 3m or 2h`)
const random = chance(Number(values.seed))
const begun = performance.now()
const elapsed = (): number => performance.now() - begun
const say = (text: string): void => console.log(text)

let stopped = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => (stopped = true))

say(
  `soak of ${values.duration} at ${values.speed}× the wall clock, seed ${values.seed}, a fault every ${values.fault} s`,
)
const world = await openWorld({ seed: Number(values.seed), speed: Number(values.speed), balance: BALANCE })
say(`records in ${world.directory}, exchange ${world.exchange.child.pid}, bot ${world.bot.child.pid}`)
const truth = createTruth(world.account, SYMBOLS)
const blinds: Blind[] = []
const watch = createWatch(truth, blinds)
const troubles = new Map<string, number>()
const samples: Sample[] = []
const censuses: { readonly life: number; readonly bot: readonly Census[]; readonly exchange: readonly Census[] }[] = []
const cpu = new Map<number, { readonly at: number; readonly seconds: number }>()
let bornAt = elapsed()
let [kills, unexpected, cleared] = [0, 0, 0]
/** Those that held at the last look, and at how many in a row. */
let latched: ReadonlyMap<string, number> = new Map()

const ordersSent = (): number =>
  [...world.relay.requests].reduce((sum, [name, n]) => sum + (/^(POST|DELETE) .*[oO]rder$/.test(name) ? n : 0), 0)
let nextOrderFault = ORDERS_BETWEEN

async function cause(trouble: Trouble): Promise<void> {
  troubles.set(trouble.name, (troubles.get(trouble.name) ?? 0) + 1)
  const from = await truth.marketTime()
  let blindMs = 0
  if (trouble.kind === 'cut') {
    world.relay.cut(trouble.of)
    blindMs = 2 * 10_000
  } else if (trouble.kind === 'silence') {
    await truth.post({ kind: 'silence', on: true })
    await sleep(trouble.wallMs)
    await truth.post({ kind: 'silence', on: false })
    blindMs = 10_000
  } else {
    for (const fault of trouble.faults) await truth.post(fault)
    blindMs = trouble.blindMs
  }
  const until = (await truth.marketTime()) + blindMs
  blinds.push({ name: trouble.name, from, until })
}

async function trouble(): Promise<void> {
  const positions = new Map<string, number>()
  for (const { symbol, side, qty } of truth.trades.values())
    positions.set(symbol, (positions.get(symbol) ?? 0) + (side === 'BUY' ? Number(qty) : -Number(qty)))
  const stop = [...truth.algo.values()].findLast(({ algoStatus }) => algoStatus === 'NEW')
  const position = [...positions].find(([, units]) => Math.abs(units) > 1e-9)
  const order = ordersSent() >= nextOrderFault
  const drawn = drawTrouble(random, {
    stop: stop?.clientAlgoId ?? null,
    position: position?.[0] ?? null,
    order,
  })
  if (drawn.kind === 'posted' && /^(order|stop) /.test(drawn.name)) nextOrderFault = ordersSent() + ORDERS_BETWEEN
  await cause(drawn)
}

async function kill(): Promise<void> {
  // Now and then it dies again while it comes back.
  for (let deaths = random() < 0.5 ? 2 : 1; deaths > 0; deaths--) {
    kills += 1
    world.bot.child.kill('SIGKILL')
    await world.bot.ended
    await revive()
    if (deaths > 1) await sleep(random() * 6 * SECOND)
  }
}

/** The market goes on without a bot, and then there is one again. */
async function revive(): Promise<void> {
  const from = await truth.marketTime()
  await world.passTime(Math.ceil((LEAST_DOWN_SECONDS + random() * 60) * SECOND))
  await world.startBot()
  bornAt = elapsed()
  blinds.push({ name: 'no bot', from, until: await truth.marketTime() })
}

async function look(running: Running): Promise<Process> {
  const pid = running.child.pid ?? 0
  const heap = await running.inspector.heapUsed()
  const { rss, cpuSeconds } = usage(pid)
  const at = performance.now()
  const before = cpu.get(pid)
  cpu.set(pid, { at, seconds: cpuSeconds })
  return { rss, heap, cpu: before ? (cpuSeconds - before.seconds) / ((at - before.at) / SECOND) : Number.NaN }
}

async function sample(): Promise<void> {
  await truth.pull()
  watch.judge(BALANCE)
  const size = journalSize(world.dataDir)
  const row: Sample = {
    seconds: elapsed() / SECOND,
    life: world.life,
    age: (elapsed() - bornAt) / SECOND,
    market: truth.now,
    bot: await look(world.bot),
    exchange: await look(world.exchange),
    orders: [...truth.regular.values()].length + truth.algo.size,
    fills: truth.trades.size,
    events: size?.rows['events'] ?? 0,
    journalBytes: size?.bytes ?? 0,
    troubles: [...troubles.values()].reduce((sum, n) => sum + n, 0),
    violations: watch.violations.length,
  }
  samples.push(row)
  say(tableRow(row))
  const ripe = row.age >= Math.min(WARM_SECONDS, duration! / SECOND / 10)
  if (ripe && (samples.length % CENSUS_EVERY === 0 || censuses.at(-1)?.life !== world.life))
    censuses.push({
      life: world.life,
      bot: await world.bot.inspector.census(),
      exchange: await world.exchange.inspector.census(),
    })
  await clearLatches()
}

/** What a fault has latched, a person would look at and clear. */
async function clearLatches(): Promise<void> {
  const status = await world.command('status', '--json')
  if (status.code !== 0) return
  const { latches } = JSON.parse(status.out) as Pick<StatusReport, 'latches'>
  const seen = new Map<string, number>()
  for (const latch of latches) {
    const { code, symbol, reason } = latch
    const line = `latch ${latchName(latch)}: ${reason}`
    const times = (latched.get(line) ?? 0) + 1
    seen.set(line, times)
    if (times === MOST_IN_A_ROW) watch.add(`${line}: at ${times} looks in a row, cleared each time`)
    say(`  ${line}`)
    const clear = await world.command('clear-latch', code, ...(symbol === null ? [] : [symbol]), '--reason', 'soak')
    if (clear.code === 0) cleared += 1
    else say(`  not cleared: exit ${clear.code} ${clear.err.trim()}`)
  }
  latched = seen
}

async function alive(): Promise<void> {
  if (world.bot.isAlive()) return
  unexpected += 1
  const end = world.bot.child.exitCode ?? world.bot.child.signalCode
  // Where its start meets one fault after the other it says so and leaves; whoever watches over it starts it again.
  if (end === EXCHANGE_REFUSES && world.bot.out() === '') say(`  bot ${world.life} could not start and said why`)
  else watch.add(`bot ${world.life} ended by itself with ${end}: see bot.log`)
  await revive()
}

say(tableHead())
const told = new Set<string>()
const due = {
  sample: 0,
  trouble: 10 * SECOND,
  kills: KILLS.map((share) => share * duration).filter((at) => at > BETWEEN_KILLS_MS),
}
while (!stopped && elapsed() < duration) {
  try {
    await alive()
    if (elapsed() >= due.trouble) {
      due.trouble = elapsed() - Math.log(1 - random()) * Number(values.fault) * SECOND
      await trouble()
    }
    if (due.kills[0] !== undefined && elapsed() >= due.kills[0]) {
      due.kills = due.kills.slice(1).filter((at) => at > elapsed() + BETWEEN_KILLS_MS)
      await kill()
    }
    if (elapsed() >= due.sample) {
      due.sample += Number(values.every) * SECOND
      await sample()
    }
  } catch (error) {
    say(`  not looked at: ${error instanceof Error ? error.message : String(error)}`)
    if (!world.exchange.isAlive()) {
      watch.add('the exchange ended by itself')
      break
    }
  }
  for (const violation of watch.violations) if (!told.has(violation)) say(`  VIOLATION ${violation}`)
  for (const violation of watch.violations) told.add(violation)
  await sleep(SECOND / 4)
}

// No new faults, and what is still waiting meets nobody.
say(
  `the end: ${CALM_MS / SECOND} s without faults, then the bot is ended, its books are compared, and it starts once more`,
)
await sleep(CALM_MS)
await alive()
await sample().catch((error: unknown) => watch.add(`the end was not looked at: ${String(error)}`))
const census = {
  life: world.life,
  bot: await world.bot.inspector.census(),
  exchange: await world.exchange.inspector.census(),
}
world.bot.child.kill('SIGTERM')
const left = await Promise.race([world.bot.ended, sleep(LEAVE_WITHIN_MS, 'late' as const)])
if (left !== 0) watch.add(`SIGTERM: the bot ended with ${left}`)
const summary = readSummary(world.bot.out())
if (summary?.ledger_agrees !== true)
  watch.add(`the bot's wallet and the exchange's: ${summary?.ledger_agrees ?? 'no summary'}`)
await truth.pull()
watch.judge(BALANCE)
for (const difference of differences(world.dataDir, truth)) watch.add(difference)
const audit = await world.command('audit', 'verify', '--json')
if (audit.code !== 0) watch.add(`audit verify: exit ${audit.code} ${audit.err.trim()}`)
const before = truth.regular.size + truth.algo.size
await world.startBot(['--duration', '20s'])
await world.bot.ended
await truth.pull()
const again = readSummary(world.bot.out())
const more = truth.regular.size + truth.algo.size - before
if (more > 0 || (again?.corrections ?? 1) > 0)
  watch.add(`started once more: ${more} orders, ${again?.corrections ?? 'unknown'} corrections`)

function readSummary(out: string): { readonly ledger_agrees: boolean | null; readonly corrections: number } | null {
  try {
    return JSON.parse(out) as { ledger_agrees: boolean | null; corrections: number }
  } catch {
    return null
  }
}

say('')
say(
  `wall ${(elapsed() / SECOND / 60).toFixed(1)} min, market ${((truth.now - (samples[0]?.market ?? truth.now)) / 86_400_000).toFixed(1)} days`,
)
say(
  `faults: ${[...troubles]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ')}`,
)
say(`kills ${kills}, ended by itself ${unexpected}, latches cleared ${cleared}`)
say(
  `requests: ${[...world.relay.requests]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ')}`,
)
say(`journal: ${JSON.stringify(journalSize(world.dataDir)?.rows)} in ${journalFile(world.dataDir)}`)
say(`audit: ${audit.out.trim()}`)
say('')
say('memory after warm-up, MB an hour')
const slopes = trends(samples, Math.min(WARM_SECONDS, duration / SECOND / 10))
for (const { name, slope, error, points, grows } of slopes) {
  say(
    `  ${name.padEnd(14)}${slope.toFixed(2).padStart(9)} ± ${error.toFixed(2)}  (${points} samples)${grows === null ? '  too short to judge' : grows ? '  GROWS' : ''}`,
  )
  if (grows) watch.add(`${name} grows by ${slope.toFixed(1)} MB an hour`)
}
const first = censuses.find(({ life }) => life === census.life)
for (const who of ['bot', 'exchange'] as const) {
  const base = who === 'bot' ? first : censuses[0]
  if (!base) continue
  const total = (list: readonly Census[]): number => list.reduce((sum, { entries }) => sum + entries, 0)
  say(
    `collections of the ${who}: ${total(base[who])} entries when warm, ${total(census[who])} at the end; those that grew most:`,
  )
  for (const { label, before: was, after, largest } of growths(base[who], census[who]).slice(0, 15))
    say(
      `  ${String(was).padStart(8)} → ${String(after).padStart(8)}, the largest ${String(largest).padStart(7)}  ${label}`,
    )
}
say('')
say(
  `longest without a stop ${(watch.longestNaked / SECOND).toFixed(1)} s; longer than 5 s and explained by a fault: ${watch.explained.length}`,
)
for (const line of watch.explained) say(`  ${line}`)
say(`violations: ${watch.violations.length}`)
for (const violation of watch.violations) say(`  ${violation}`)
if (watch.violations.length === 0) await world.close()
else {
  world.bot.child.kill('SIGKILL')
  world.exchange.child.kill('SIGKILL')
  world.relay.close()
}
process.exit(watch.violations.length === 0 ? 0 : 1)
