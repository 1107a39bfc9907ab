import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { recordOf } from '../../src/adapter/journal/sqlite/record.ts'
import type { Journal } from '../../src/port/journal.ts'

export type Reach = (boundary: string) => void

/**
 * The account's questions are signed in their address, and whatever changes something is the account's. All but requests
 * for the key of its stream. Headers tell nothing: a list of them goes out without being kept.
 */
const isOwn = ({ method, path }: ClientRequest): boolean =>
  (method !== 'GET' || path.includes('signature=')) && !path.includes('/listenKey')
const nameOf = ({ method, path }: ClientRequest): string => `${method} ${path.replace(/^\/[^/]+|\?.*$/g, '')}`

/**
 * Tells of each request of the account: after its bytes left, when its whole answer has arrived but nobody has read it,
 * and, where it changes something, before its bytes leave. Who dies before a question is asked leaves the same behind
 * as who dies at the boundary before. Node's own channels say so; the program under test knows nothing of it.
 */
export function watchRequests(reach: Reach): void {
  subscribe('http.client.request.created', (message) => {
    const { request } = message as { request: ClientRequest }
    if (!isOwn(request)) return
    request.once('finish', () => reach(`${nameOf(request)} sent`))
    if (request.method !== 'GET') reach(`${nameOf(request)} to be sent`)
  })
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage }
    if (isOwn(request)) response.prependOnceListener('end', () => reach(`${nameOf(request)} answered`))
  })
}

/** Tells of each commit that writes something: before it, and when it is on disk. */
export const watchCommits = (journal: Journal, reach: Reach): Journal => ({
  commit(event, effects) {
    if (recordOf(event, effects) === undefined) return journal.commit(event, effects)
    reach(`commit of ${event.kind} to be made`)
    const result = journal.commit(event, effects)
    reach(`commit of ${event.kind} made`)
    return result
  },
})

/** Whether something leaves the process, or has come in: what a watch that sees nothing of the network would miss. */
export const isOnWire = (boundary: string): boolean => /^[A-Z]+ .* (to be sent|sent|answered)$/.test(boundary)

/** Whether nothing changes by it, neither at the exchange nor on the disk. */
export const isQuestion = (boundary: string): boolean => boundary.startsWith('GET ')

/** Whether orders are afterwards, or may be, other than before. */
export const movesOrders = (boundary: string): boolean =>
  !isQuestion(boundary) && !/^commit of (bar|price|timer|connection|command) /.test(boundary)

/**
 * What it means to die at each boundary of a recovery, as a name. Two are alike where the account stood alike when the
 * bot before had died, where the last commit or change before it was the same, and the boundary itself is, or both are
 * questions, which change nothing: the exchange and the disk are then left in the same state by the same step. Before
 * the first of these steps how the account stood is no difference: nothing has been done about it.
 */
export function kindsOf(situation: string, boundaries: readonly string[]): readonly string[] {
  let step: string | null = null
  return boundaries.map((boundary) => {
    if (step === null && isQuestion(boundary)) return `before any step; ${boundary}`
    const kind = `${situation}; after ${step ?? 'no step'}; ${isQuestion(boundary) ? 'a question' : boundary}`
    if (!isQuestion(boundary)) step = boundary
    return kind
  })
}
