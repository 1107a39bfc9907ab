/** Request weight per minute and address. */
export const WEIGHT_PER_MINUTE = 2_400
/** Orders per account. */
export const ORDERS_PER_TEN_SECONDS = 300
export const ORDERS_PER_MINUTE = 1_200

/** As `exchangeInfo` lists them. */
export const RATE_LIMITS = [
  { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: WEIGHT_PER_MINUTE },
  { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: ORDERS_PER_MINUTE },
  { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: ORDERS_PER_TEN_SECONDS },
] as const
