export const SIGN_INTENTS = ['prepare', 'certify', 'reject'] as const
export type SignIntent = (typeof SIGN_INTENTS)[number]
