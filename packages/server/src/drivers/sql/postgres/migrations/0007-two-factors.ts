/** Whether a session began with two factors. Of one from before nobody knows, and it counts as one. */
export const twoFactorsMigration = `
ALTER TABLE auth_session ADD COLUMN "twoFactors" boolean;
`
