/** Names one of several accounts. */
export const ACCOUNT_OPTION = {
  flags: '--account <name>',
  description: 'the account, where several have been traded: its directory in data_dir',
} as const
