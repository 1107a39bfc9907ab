import { failure } from './reject-code.ts'
import { ok, type Route } from './route.ts'

const NO_LISTEN_KEY = failure(-1125, 'This listenKey does not exist.')

/** The key under which an account hears of itself. */
export const LISTEN_KEY_ROUTES: Readonly<Record<string, Route>> = {
  'POST /fapi/v1/listenKey': {
    access: 'key',
    weight: 1,
    handle: ({ listenKeys }) => ok({ listenKey: listenKeys.create() }),
  },
  'PUT /fapi/v1/listenKey': {
    access: 'key',
    weight: 1,
    handle: ({ listenKeys }) => (listenKeys.prolong() ? ok({ listenKey: listenKeys.create() }) : NO_LISTEN_KEY),
  },
  'DELETE /fapi/v1/listenKey': {
    access: 'key',
    weight: 1,
    handle: ({ listenKeys }) => (listenKeys.expire(), ok({})),
  },
}
