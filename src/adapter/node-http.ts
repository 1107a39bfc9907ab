/*
 * Node's HTTP client, asked for by name: an import reads each of its exports, and one of those loads a second client,
 * which takes 60 ms of a start.
 */
export const { Agent: HttpAgent, request: requestHttp } = process.getBuiltinModule('node:http')
export const { Agent: HttpsAgent, request: requestHttps } = process.getBuiltinModule('node:https')
