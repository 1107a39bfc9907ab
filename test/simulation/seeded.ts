import type { AccountEvent } from '../../src/domain/event.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { BTC, NOON, wanted } from '../fixture/engine-scene.ts'
import { KIND, type Mischief } from './mischief.ts'
import { LOOKS_MS, watch, type Watch } from './invariants.ts'
import { createWorld, ETH, START_PRICE, SYMBOLS, type Death, type World } from './world.ts'

/** A small generator of our own (mulberry32), so that a seed means the same everywhere. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const STEP_MS = 2_000
const STEPS = 120
const BAR_EVERY = 5
/** What must be over so long after the last fault. */
const CONVERGE_MS = 60_000

const PLAIN_KINDS = ['requests', 'stream', 'records', 'stops', 'venue', 'people', 'crashes'] as const
const KINDS = [...PLAIN_KINDS, 'torn', 'late', 'pieces', 'hands'] as const
type Kind = (typeof KINDS)[number]

/**
 * Which faults a seed draws from; a profile of one kind shows what that kind alone does. `plain` mixes those of a venue that
 * tells one moment and fills at once: a seed of it that has shown a defect stays what it was when kinds are added.
 */
export const PROFILES = ['all', 'plain', ...KINDS] as const
export type Profile = (typeof PROFILES)[number]

const isPlain = (kind: Kind): boolean => PLAIN_KINDS.some((each) => each === kind)
const isMix = (profile: Profile): boolean => profile === 'all' || profile === 'plain'
const has = (profile: Profile, kind: Kind): boolean =>
  profile === 'all' || profile === kind || (profile === 'plain' && isPlain(kind))

function mischiefOf(profile: Profile, random: () => number): Mischief {
  const on = (kind: Kind): boolean => has(profile, kind)
  const p = (kind: Kind, chance: number): boolean => on(kind) && random() < (isMix(profile) ? chance / 2 : chance)
  return {
    order(request) {
      if (request.leg === 'stop' && p('stops', 0.2))
        return { kind: 'reject', code: random() < 0.5 ? 'X' : 'RATE_LIMITED' }
      if (request.leg !== 'stop' && p('requests', 0.04))
        return { kind: 'reject', code: random() < 0.5 ? 'X' : 'NOT_SENT' }
      if (p('requests', 0.15)) return { kind: 'lose_answer', told: random() < 0.7 }
      if (p('requests', 0.15)) return { kind: 'lose_request', told: random() < 0.7 }
      if (p('requests', 0.1)) return { kind: 'late', ms: Math.floor(random() * 4_900) }
      return { kind: 'none' }
    },
    cancelLost: () => p('requests', 0.2),
    news(event: AccountEvent) {
      if (p('stream', 0.15) || p('late', 0.1)) return []
      if (p('torn', 0.2)) return [Math.floor(random() * 1_500)]
      if (event.kind === 'funding_paid' && p('late', 0.5)) return [Math.floor(random() * 10_000)]
      const delay = p('stream', 0.2) ? Math.floor(random() * 3_000) : 0
      return p('stream', 0.15)
        ? [delay, delay + Math.floor(random() * 20_000)]
        : [event.kind === 'funding_paid' ? 0 : delay]
    },
    queryFails: () => p('records', 0.3),
    snapshotFails: () => p('records', 0.3),
    hiddenMs: () => (p('records', 0.2) ? Math.floor(random() * 5_000) : 0),
    share({ type }) {
      if (type !== 'limit' && p('pieces', 0.5)) return 0.2 + 0.7 * random()
      return on('venue') && random() < 0.3 ? random() : 1
    },
    pauseMs: () => (on('pieces') ? 50 + Math.floor(random() * 900) : 0),
    tornMs: () => (p('torn', 0.6) ? Math.floor(random() * 1_200) : 0),
    listedMs(what) {
      if (what === 'funding') return p('late', 0.5) ? Math.floor(random() * 8_000) : 0
      return p('late', 0.4) ? Math.floor(random() * 4_500) : 0
    },
    tellsOthers: () => p('hands', 0.5),
  }
}

/** What happens to the venue, the wire, the account and the process between two steps. */
function incident(world: World, profile: Profile, random: () => number): void {
  const on = (kind: Kind): boolean => has(profile, kind)
  const p = (kind: Kind, chance: number): boolean => on(kind) && random() < (isMix(profile) ? chance / 3 : chance)
  const { venue } = world
  const instrument = random() < 0.5 ? BTC : ETH
  if (p('stops', 0.05)) venue.drop(instrument, 'stop', random() < 0.5)
  if (p('stops', 0.03)) venue.drop(instrument, 'target', random() < 0.5)
  if (p('venue', 0.02)) venue.force(instrument, random() < 0.5 ? 1 : random(), random() < 0.5 ? 'adl' : 'liquidation')
  if (p('venue', 0.03)) venue.fund(instrument, (random() - 0.5) * 0.001)
  if (p('people', 0.02)) venue.transfer(Math.round((random() - 0.4) * 1_000))
  if (p('people', 0.01)) closeByHand(world, random)
  if (p('people', 0.01)) venue.foreignOrder(instrument, `web_${Math.floor(random() * 1e9)}`)
  if (p('people', 0.02))
    world.command({
      name: 'clear_latch',
      code: random() < 0.5 ? 'RECONCILE' : 'FOREIGN',
      symbol: null,
      by: 'a person',
      reason: 'looked at it',
    })
  if (p('people', 0.02)) world.command({ name: 'force_exit', tradeId: 'all' })
  if (p('torn', 0.05) || p('late', 0.05)) venue.fund(instrument, (random() - 0.5) * 0.001)
  if (p('hands', 0.04)) takeAHand(world, instrument, random)
  if (p('hands', 0.03)) {
    const legs = ['stop', 'target', 'entry'] as const
    venue.drop(instrument, legs[Math.floor(random() * legs.length)]!, random() < 0.3)
  }
  // Whoever trades beside the bot also tells it to go on.
  if (p('hands', 0.08))
    for (const code of ['RECONCILE', 'FOREIGN'])
      world.command({ name: 'clear_latch', code, symbol: null, by: 'a person', reason: 'looked at it' })
  if (p('stream', 0.03) && world.up) {
    world.connection('down')
    world.at(world.now + 500 + random() * 15_000, () => world.connection('up'))
  }
  if (on('crashes') && random() < (isMix(profile) ? 0.04 : 0.12)) {
    const deaths: readonly Death[] = ['before_commit', 'after_commit', 'half_sent', 'after_sent']
    const death = deaths[Math.floor(random() * deaths.length)]!
    let left = 1 + Math.floor(random() * 12)
    const wait = 200 + random() * 8_000
    world.dies = () => {
      if (--left > 0) return null
      world.dies = () => null
      world.at(world.now + wait, () => world.start())
      return death
    }
  }
}

function closeByHand(world: World, random: () => number): void {
  for (const instrument of SYMBOLS) {
    const { signed } = world.venue.held(instrument)
    if (signed.isZero()) continue
    const lots = signed.div(instrument.lotSize).toNumber()
    return world.venue.manual(instrument, -Math.trunc(random() < 0.5 ? lots : lots / 2) || -lots)
  }
}

/** A person trades the bot's position, or opens one where there is none; now and then, twice within seconds. */
function takeAHand(world: World, instrument: Instrument, random: () => number): void {
  const trade = (): void => {
    const lots = lotsByHand(world.venue.held(instrument).signed.div(instrument.lotSize).toNumber(), random)
    if (lots !== 0) world.venue.manual(instrument, lots)
  }
  trade()
  if (random() < 0.3) world.at(world.now + random() * 4_000, trade)
}

function lotsByHand(held: number, random: () => number): number {
  const what = random()
  const some = 1 + Math.floor(random() * Math.abs(held))
  if (held === 0) return what < 0.2 ? 10 : what < 0.4 ? -10 : 0
  if (what < 0.35) return -held
  if (what < 0.6) return -Math.sign(held) * Math.min(some, Math.abs(held))
  if (what < 0.85) return Math.sign(held) * some
  return Math.trunc(-1.5 * held)
}

export interface Outcome {
  readonly seed: number
  readonly world: World
  readonly watch: Watch
  readonly starts: number
}

/** One seeded life: faults for four minutes, then none; a minute later all must be in order, also after two restarts. */
export function live(seed: number, profile: Profile = 'all'): Outcome {
  const random = randomOf(seed)
  const world = createWorld({
    file: { entry: { order_type: random() < 0.5 ? 'ioc' : 'limit', limit_timeout_secs: 20 } },
  })
  const watched = watch(world, has(profile, 'hands') ? LOOKS_MS : 0)
  let starts = 0
  const start = world.start
  world.start = () => {
    starts++
    start()
    watched.started()
  }
  world.start()
  world.venue.mischief = mischiefOf(profile, random)
  const level: number[] = [...START_PRICE]
  const move = (i: number, ratio: number): void => {
    const { tick } = SYMBOLS[i]!
    level[i] = Math.round((level[i]! * ratio) / tick) * tick
    world.price(SYMBOLS[i]!, level[i]!)
  }
  const healed = NOON + STEPS * STEP_MS
  for (let step = 1; step <= STEPS; step++) {
    world.at(NOON + step * STEP_MS, () => {
      SYMBOLS.forEach((instrument, i) => {
        move(i, 1 + (random() - 0.5) * 0.012)
        if (step % BAR_EVERY !== 0) return
        const s = random() < 0.5 ? 1 : -1
        const entry = level[i]!
        const nan = random() < 0.05
        if (nan) world.price(instrument, entry, Number.NaN)
        const want = wanted(s > 0 ? 'LONG' : 'SHORT', {
          entry,
          stop: entry * (1 - 0.01 * s),
          target: entry * (1 + 0.012 * s),
        })
        world.bar(instrument, entry, [want])
        if (nan) world.price(instrument, entry)
      })
      incident(world, profile, random)
    })
  }
  world.run(healed)
  world.venue.mischief = KIND
  world.dies = () => null
  if (!world.alive) world.start()
  if (!world.up) world.connection('up')
  for (const order of world.venue.orders.values()) order.hiddenUntil = 0
  // The market goes on, without signals.
  for (let ms = 1_000; ms <= CONVERGE_MS; ms += 1_000)
    world.at(healed + ms, () => SYMBOLS.forEach((_, i) => move(i, 1)))
  world.run(healed + CONVERGE_MS)
  watched.quiescent()
  // Where nobody else touched the account, the venue's records explain everything: nothing may be taken over unexplained.
  if (profile === 'late') watched.stopped()
  else if (!isMix(profile) && profile !== 'people' && profile !== 'hands') watched.explained()
  for (let again = 1; again <= 2; again++) {
    const before = world.venue.submitted.length
    world.kill()
    world.start()
    world.run(world.now + 20_000)
    watched.unmoved(before)
  }
  return { seed, world, watch: watched, starts }
}
