import { createContext, useContext } from 'react'

/** The content security policy nonce of this answer. Only the server knows it; a browser hides it from scripts. */
export const NonceContext = createContext<string | undefined>(undefined)
export const useNonce = (): string | undefined => useContext(NonceContext)
