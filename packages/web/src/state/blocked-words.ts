/** Instead of what somebody wrote whom one has blocked. */
export const coveredWords = 'Message from somebody you blocked'
