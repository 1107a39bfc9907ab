import type { FileConfig } from './schema.ts'

const MOST = 1_000

const isLeverage = (key: string): boolean => /^\d+(\.\d+)?$/.test(key) && Number(key) >= 1 && Number(key) <= MOST

export interface MixProblem {
  /** Dotted path of the key at fault. */
  readonly path: string
  readonly what: string
  readonly hint: string
}

/** What keeps an estimator from the mix of leverages that it is given; `null` when it can be used. */
export function mixProblem({ leverage_mix: mix, half_life_hours: lives }: FileConfig['estimator']): MixProblem | null {
  for (const [name, map] of [
    ['leverage_mix', mix],
    ['half_life_hours', lives],
  ] as const) {
    const key = Object.keys(map).find((each) => !isLeverage(each))
    if (key === undefined) continue
    const what = `estimator.${name} has a key "${key}", which is no leverage`
    return { path: `estimator.${name}`, what, hint: `Write numbers from 1 to ${MOST}, like 5 or 20` }
  }
  const held = Object.keys(mix).filter((leverage) => mix[leverage]! > 0)
  if (held.length === 0)
    return {
      path: 'estimator.leverage_mix',
      what: 'estimator.leverage_mix gives no leverage a share above 0',
      hint: 'Give at least one, like {10: 1}',
    }
  const mortal = held.find((leverage) => lives[leverage] === undefined)
  return mortal === undefined
    ? null
    : {
        path: 'estimator.leverage_mix',
        what: `estimator.leverage_mix has leverage ${mortal}, and estimator.half_life_hours does not`,
        hint: `Add estimator.half_life_hours.${mortal}`,
      }
}
