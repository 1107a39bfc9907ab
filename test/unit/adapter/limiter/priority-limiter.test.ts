import { describe, expect, it } from 'vitest'
import { createPriorityLimiter, type Grant, type Priority } from '../../../../src/adapter/limiter/priority-limiter.ts'

const PATIENCE = { protective: 10_000, deferred: 10_000, query: 5_000, entry: 1_000, poll: 30_000 }

function scene(capacity = 100) {
  const clock = { now: 0 }
  const limiter = createPriorityLimiter(
    { buckets: [{ capacity, windowMs: 60_000 }], patienceMs: PATIENCE },
    () => clock.now,
  )
  const order: string[] = []
  const ask = (name: string, priority: Priority, cost = 1): Grant | 'waits' => {
    const grant = limiter.acquire(priority, [cost])
    if (typeof grant === 'string') return grant
    void grant.then((outcome) => order.push(`${name} ${outcome}`))
    return 'waits'
  }
  const pass = async (ms: number): Promise<void> => {
    clock.now += ms
    limiter.pump()
    await Promise.resolve()
  }
  return { limiter, ask, pass, order }
}

describe('the priority limiter', () => {
  it('keeps shares of the budget for those more urgent', () => {
    const { ask } = scene()
    expect(ask('poll', 'poll', 60)).toBe('granted')
    expect(ask('poll', 'poll')).toBe('waits')
    expect(ask('entry', 'entry', 21)).toBe('waits')
    expect(ask('query', 'query', 30)).toBe('granted')
    expect(ask('stop', 'protective', 10)).toBe('granted')
    expect(ask('stop', 'protective')).toBe('waits')
  })

  it.each([
    ['protective', 'granted'],
    ['entry', 'waits'],
  ] as const)('somebody else has used up the weight: %s without weight %s', (priority, outcome) => {
    const limiter = createPriorityLimiter(
      {
        buckets: [
          { capacity: 100, windowMs: 60_000 },
          { capacity: 10, windowMs: 10_000 },
        ],
        patienceMs: PATIENCE,
      },
      () => 0,
    )
    limiter.observe(0, 150)
    const grant = limiter.acquire(priority, [0, 1])
    expect(typeof grant === 'string' ? grant : 'waits').toBe(outcome)
    expect(typeof limiter.acquire(priority, [1, 1])).toBe('object')
  })

  it('lets what protects pass those like it that wait for a budget it takes nothing from, and none on a budget it needs', async () => {
    const clock = { now: 0 }
    const rules = [
      { capacity: 60, windowMs: 60_000 },
      { capacity: 2, windowMs: 7_850 },
    ]
    const limiter = createPriorityLimiter({ buckets: rules, patienceMs: PATIENCE }, () => clock.now)
    limiter.observe(0, 59.45)
    const told: string[] = []
    const ask = (name: string, priority: Priority, cost: readonly number[]): void => {
      const grant = limiter.acquire(priority, cost)
      if (typeof grant === 'string') told.push(`${name} at ${clock.now}`)
      else void grant.then((outcome) => outcome === 'granted' && told.push(`${name} at ${clock.now}`))
    }
    ask('cancel', 'protective', [5])
    ask('stop', 'protective', [1, 1])
    ask('exit', 'protective', [0, 1])
    ask('entry', 'entry', [0, 1])
    ask('second exit', 'protective', [0, 1])
    // The orders are used up now as well, and come back sooner than the weight that the first two lack.
    ask('third exit', 'protective', [0, 1])
    expect(told).toEqual(['exit at 0', 'second exit at 0'])
    for (let i = 0; i < 100; i++) {
      clock.now += 100
      limiter.pump()
      await Promise.resolve()
    }
    expect(told.slice(2)).toEqual(['third exit at 4000', 'cancel at 4500', 'stop at 7900'])
  })

  describe('where one waits for a small budget', () => {
    const COST = { page: [1, 0, 1], one: [1], order: [0, 1] }
    function small() {
      const clock = { now: 0 }
      const buckets = [100, 10, 1].map((capacity) => ({ capacity, windowMs: 2_000 }))
      const patienceMs = { ...PATIENCE, query: 10_000, entry: 10_000 }
      const limiter = createPriorityLimiter({ buckets, patienceMs }, () => clock.now)
      const told: string[] = []
      const ask = (name: string, priority: Priority, cost: readonly number[]): void => {
        const grant = limiter.acquire(priority, cost)
        if (typeof grant === 'string') told.push(`${name} ${grant} at ${clock.now}`)
        else void grant.then((late) => told.push(`${name} ${late} at ${clock.now}`))
      }
      const pass = async (ms: number): Promise<void> => {
        for (let i = 0; i < ms; i += 50) {
          clock.now += 50
          limiter.pump()
          await Promise.resolve()
        }
      }
      expect(limiter.acquire('protective', COST.page)).toBe('granted')
      return { limiter, told, ask, pass }
    }

    it('neither questions nor entries nor polls that take nothing from it wait', () => {
      const { told, ask } = small()
      ask('page', 'deferred', COST.page)
      ask('second page', 'query', COST.page)
      ask('query', 'query', COST.one)
      ask('entry', 'entry', COST.order)
      ask('poll', 'poll', COST.one)
      expect(told).toEqual(['query granted at 0', 'entry granted at 0', 'poll granted at 0'])
    })

    it('those who need it come by urgency and then one after the other, and so do those who need what it lacks besides', async () => {
      const { limiter, told, ask, pass } = small()
      ask('poll', 'poll', [0, 0, 0.1])
      ask('page', 'deferred', COST.page)
      ask('second page', 'deferred', COST.page)
      ask('small page', 'query', [0, 0, 0.1])
      await pass(1_000)
      expect(told).toEqual([])
      // What it lacks now, too, is not for those behind it.
      limiter.observe(0, 150)
      ask('query', 'query', COST.one)
      ask('entry', 'entry', COST.order)
      // Nor for an order that needs a little of it.
      ask('dear entry', 'entry', [1, 1])
      await pass(5_000)
      expect(told).toEqual([
        // Somebody else's weight holds whatever is no exit until it is back.
        'entry granted at 2000',
        'page granted at 2050',
        'query granted at 2250',
        'dear entry granted at 2500',
        'second page granted at 4050',
        'small page granted at 4500',
        'poll granted at 5250',
      ])
    })

    it('all that is less urgent waits within a penalty', async () => {
      const { limiter, told, ask, pass } = small()
      limiter.penalise(1_000)
      ask('query', 'query', COST.one)
      ask('entry', 'entry', COST.order)
      ask('poll', 'poll', COST.one)
      await pass(950)
      expect(told).toEqual([])
      await pass(50)
      expect(told).toEqual(['query granted at 1000', 'entry granted at 1000', 'poll granted at 1000'])
    })
  })

  it('lets a stop pass every poll, query and entry that waits', async () => {
    const { ask, pass, order } = scene()
    ask('drain', 'protective', 100)
    ask('poll', 'poll')
    ask('entry', 'entry')
    ask('query', 'query')
    ask('stop', 'protective')
    await pass(600)
    expect(order).toEqual(['stop granted'])
    await pass(60_000)
    expect(order).toEqual(['stop granted', 'query refused', 'entry refused', 'poll refused'])
  })

  it('serves the waiting in order of urgency as the budget refills', async () => {
    const { ask, pass, order } = scene()
    ask('drain', 'protective', 100)
    ask('poll', 'poll')
    ask('query', 'query')
    await pass(4_000)
    expect(order).toEqual([])
    await pass(800)
    expect(order).toEqual([])
    await pass(3_000)
    expect(order).toEqual(['query refused'])
    await pass(18_000)
    expect(order).toEqual(['query refused', 'poll granted'])
  })

  it('falls silent when the venue asks for it, save for a few protective requests', async () => {
    const { limiter, ask, pass, order } = scene()
    limiter.penalise(5_000)
    expect(ask('poll', 'poll')).toBe('waits')
    const stops = Array.from({ length: 10 }, (_, i) => ask(`stop ${i}`, 'protective'))
    expect(stops.filter((grant) => grant === 'granted')).toHaveLength(8)
    expect(stops.filter((grant) => grant === 'waits')).toHaveLength(2)
    await pass(5_000)
    expect(order).toEqual(['stop 8 granted', 'stop 9 granted', 'poll granted'])
  })

  it('lets one more protective request out each 5 s of a penalty, never more than 8 at once, whatever failed in it', async () => {
    const { limiter, ask, pass } = scene()
    const granted = (): number => Array.from({ length: 10 }, () => ask('stop', 'protective')).indexOf('waits')
    limiter.penalise(600_000)
    expect(granted()).toBe(8)
    // Two wait and lose their patience; each failure says again that it was too often.
    limiter.penalise(600_000)
    await pass(4_950)
    limiter.penalise(600_000)
    expect(limiter.waiting).toBe(2)
    await pass(50)
    expect(limiter.waiting).toBe(1)
    await pass(5_000)
    expect(limiter.waiting).toBe(0)
    await pass(300_000)
    expect(granted()).toBe(8)
  })

  it('keeps what is deferred silent until the end of a penalty, and lets stops pass it whatever it waits for', async () => {
    const { limiter, ask, pass, order } = scene()
    limiter.penalise(5_000)
    expect(ask('query', 'query')).toBe('waits')
    expect(ask('switch', 'deferred', 10)).toBe('waits')
    const stops = Array.from({ length: 8 }, (_, i) => ask(`stop ${i}`, 'protective'))
    expect(stops).toEqual(Array.from({ length: 8 }, () => 'granted'))
    limiter.observe(0, 100)
    await pass(5_000)
    expect(order).toEqual([])
    expect(ask('stop', 'protective')).toBe('granted')
    // What is deferred needs no reserve, and comes before a question all the same.
    await pass(2_000)
    expect(order).toEqual(['switch granted', 'query refused'])
  })

  it('believes the venue when it counts more than we do', () => {
    const { limiter, ask } = scene()
    limiter.observe(0, 95)
    expect(ask('query', 'query')).toBe('waits')
    expect(ask('stop', 'protective', 5)).toBe('granted')
  })

  it('leaves a spare part to others, and what protects uses it where they have used up all the rest', () => {
    const limiter = createPriorityLimiter(
      { buckets: [{ capacity: 90, windowMs: 60_000, spare: 10 }], patienceMs: PATIENCE },
      () => 0,
    )
    // The venue counts 95 of 100.
    limiter.observe(0, 95)
    expect(limiter.acquire('query', [1])).not.toBe('granted')
    expect(limiter.acquire('deferred', [1])).not.toBe('granted')
    const stops = Array.from({ length: 6 }, () => limiter.acquire('protective', [1]))
    expect(stops.filter((grant) => grant === 'granted')).toHaveLength(5)
  })

  it('has its budget again a window after the venue counted far more than there is', async () => {
    const { limiter, ask, pass } = scene()
    limiter.observe(0, 1e9)
    expect(ask('stop', 'protective')).toBe('waits')
    await pass(61_000)
    expect(ask('stop', 'protective')).toBe('granted')
  })

  it('holds no more than a bounded number of requests', () => {
    const { ask, limiter } = scene()
    ask('drain', 'protective', 100)
    const grants = Array.from({ length: 200 }, (_, i) => ask(`poll ${i}`, 'poll'))
    expect(grants.filter((grant) => grant === 'waits')).toHaveLength(128)
    expect(limiter.waiting).toBe(128)
  })
})
