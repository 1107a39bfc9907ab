/** How an answer goes wrong. */
export type FaultAnswer =
  /** Never answered; the connection stays open. */
  | 'drop'
  /** The connection is cut before the answer, or in the middle of it. */
  | 'reset'
  | 'half_body'
  | 'html'
  | { readonly status: number; readonly body: unknown; readonly retry_after_secs?: number }

/** Something that goes wrong with requests; all conditions must hold. */
export interface RequestFault {
  readonly method?: string
  /** Without the host: `/fapi/v1/order`. */
  readonly path?: string
  /** What the client id begins with. */
  readonly client_id?: string
  /** Number of the account, from 1, that the request's key belongs to. [any, or none] */
  readonly account?: number
  /** Matching requests that pass first. [0] */
  readonly skip?: number
  /** Requests that it happens to. [1] */
  readonly count?: number
  /** `before`: nothing is carried out. `after`: everything is, and then the answer goes wrong. */
  readonly when: 'before' | 'after'
  /** Absent: the true answer; of what was not carried out there is none, and the connection is cut. */
  readonly answer?: FaultAnswer
  /** Wall ms by which the answer is held back. */
  readonly delay_ms?: number
  /** Market ms by which an order reaches the exchange later than it was sent. */
  readonly late_ms?: number
  /** Market ms for which no list and no question shows the order. */
  readonly hide_ms?: number
}

export interface RequestFaults {
  add(fault: RequestFault): void
  clear(): void
  /**
   * The fault that this request meets, which is then used up.
   * @param account whose key the request has; `undefined`: nobody's
   */
  take(method: string, path: string, parameters: URLSearchParams, account: number | undefined): RequestFault | null
}

const MAX_FAULTS = 10_000
const ID_NAMES = ['newClientOrderId', 'origClientOrderId', 'clientAlgoId'] as const

export function createRequestFaults(initial: readonly RequestFault[]): RequestFaults {
  const active = initial.map((fault) => ({ fault, skip: fault.skip ?? 0, left: fault.count ?? 1 }))

  return {
    add(fault) {
      if (active.length >= MAX_FAULTS) throw new RangeError(`more than ${MAX_FAULTS} faults are waiting`)
      active.push({ fault, skip: fault.skip ?? 0, left: fault.count ?? 1 })
    },
    clear() {
      active.length = 0
    },
    take(method, path, parameters, account) {
      if (active.length === 0) return null
      const ids = ID_NAMES.map((name) => parameters.get(name) ?? '')
      for (const entry of active) {
        const { fault } = entry
        if (fault.method !== undefined && fault.method !== method) continue
        if (fault.path !== undefined && fault.path !== path) continue
        if (fault.account !== undefined && fault.account !== account) continue
        if (fault.client_id !== undefined && !ids.some((id) => id.startsWith(fault.client_id!))) continue
        if (entry.skip > 0) {
          entry.skip -= 1
          continue
        }
        entry.left -= 1
        if (entry.left <= 0) active.splice(active.indexOf(entry), 1)
        return fault
      }
      return null
    },
  }
}
