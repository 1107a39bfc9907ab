import { createHmac, timingSafeEqual } from 'node:crypto'
import { failure, missing, type ApiFailure } from './reject-code.ts'

export interface ApiKey {
  readonly apiKey: string
  readonly secret: string
}

/** What a request carries for its signature, as received. */
export interface SignedParts {
  /** Query string or body, byte for byte. */
  readonly raw: string
  readonly parameters: URLSearchParams
}

const DEFAULT_RECV_WINDOW = 5_000
const MAX_RECV_WINDOW = 60_000
/** A request may be this far ahead of the exchange's clock. */
const MAX_AHEAD_MS = 1_000

const BAD_KEY = failure(-2015, 'Invalid API-key, IP, or permissions for action.', 401)
const NO_KEY = failure(-2014, 'API-key format invalid.', 401)
const BAD_SIGNATURE = failure(-1022, 'Signature for this request is not valid.')
const OUT_OF_TIME = failure(-1021, 'Timestamp for this request is outside of the recvWindow.')
const AHEAD = failure(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")

/** What a request is told whose key is none of the exchange's. */
export const keyFailure = (key: string | undefined): ApiFailure => (key === undefined || key === '' ? NO_KEY : BAD_KEY)

/**
 * `null` when the request is of the secret's owner and of now.
 * @param pace market time per wall time: what a request spends on its way is wall time, so the windows are too
 */
export function checkSignature(
  { raw, parameters }: SignedParts,
  secret: string,
  now: number,
  pace = 1,
): ApiFailure | null {
  const signature = parameters.get('signature')
  if (signature === null) return missing('signature')
  const timestamp = parameters.get('timestamp')
  if (timestamp === null || !/^\d{1,16}$/.test(timestamp)) return missing('timestamp')
  const at = raw.lastIndexOf('&signature=')
  const expected = createHmac('sha256', secret)
    .update(raw.slice(0, Math.max(0, at)))
    .digest()
  const given = Buffer.from(signature, 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return BAD_SIGNATURE
  const asked = Number(parameters.get('recvWindow') ?? DEFAULT_RECV_WINDOW)
  const recvWindow = Number.isFinite(asked) ? Math.min(asked, MAX_RECV_WINDOW) : DEFAULT_RECV_WINDOW
  if (Number(timestamp) > now + MAX_AHEAD_MS * pace) return AHEAD
  return Number(timestamp) < now - recvWindow * pace ? OUT_OF_TIME : null
}
