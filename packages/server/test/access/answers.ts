/** Who comes to a door: how they stand to the conversation that they ask for, and to the installation. */
export const strangers = {
  nobody: 'who isn’t signed in',
  ended: 'a member whose session was ended',
  suspended: 'a member whose account is suspended',
  unproven: 'an administrator who came with one factor, where two are required of them',
  stranger: 'who is signed in and has nothing to do with the conversation',
  former: 'who was a member and was removed',
  member: 'a member',
  admin: 'an admin of the conversation',
  owner: 'its owner',
  administrator: 'the administrator of the server, who is no member',
}

export type Stranger = keyof typeof strangers
export const isStranger = (word: string): word is Stranger => Object.hasOwn(strangers, word)
export const everyStranger = Object.keys(strangers).filter(isStranger)

/** `yes`, or the status with which a door refuses; over a socket the code's own status. */
export type Answer = 'yes' | 302 | 400 | 401 | 403 | 404 | 409 | 426
export type Answers = Record<Stranger, Answer>

/**
 * Who comes without a live session gets no further.
 * A kind of stranger that is shut out everywhere stands here.
 */
const shutOut = { nobody: 401, ended: 401, suspended: 401, unproven: 403 } as const
const isShutOut = (who: Stranger) => Object.hasOwn(shutOut, who)

/** Outside the conversation: nothing that is said in it may reach them. */
export const isOutside = (who: Stranger) =>
  isShutOut(who) || who === 'stranger' || who === 'former' || who === 'administrator'

type SignedIn = Exclude<Stranger, keyof typeof shutOut>

/** The same for all who are signed in. */
const all = (answer: Answer): Record<SignedIn, Answer> => ({
  stranger: answer,
  former: answer,
  member: answer,
  admin: answer,
  owner: answer,
  administrator: answer,
})

/**
 * A door for everybody. With another answer than `yes` it asks for a proof, and this one is wrong.
 * Who is signed in may be answered otherwise.
 */
export const everybody = (answer: Answer = 'yes', toSignedIn = answer): Answers => ({
  ...all(toSignedIn),
  nobody: answer,
  ended: answer,
  suspended: answer,
  unproven: toSignedIn,
})

/** A door for who is signed in, where each comes to what is their own. */
export const signedIn = (answer: Answer = 'yes'): Answers => ({ ...shutOut, ...all(answer) })

/**
 * A door of one's own account: who came with one factor is let that far, to sign out or set up a second one.
 */
export const account = (answer: Answer = 'yes'): Answers => ({ ...signedIn(answer), unproven: answer })

const inside = (answers: Record<'member' | 'admin' | 'owner', Answer>): Answers => ({
  ...signedIn(404),
  ...answers,
})

/** To everybody else it is as if the conversation weren't there. */
export const members = inside({ member: 'yes', admin: 'yes', owner: 'yes' })
export const admins = inside({ member: 403, admin: 'yes', owner: 'yes' })
export const owner = inside({ member: 403, admin: 403, owner: 'yes' })
/** To members too this is never possible. */
export const noMember = (answer: Answer) => inside({ member: answer, admin: answer, owner: answer })

export const administrators = (answer: Answer = 'yes'): Answers => ({
  ...signedIn(403),
  administrator: answer,
})
