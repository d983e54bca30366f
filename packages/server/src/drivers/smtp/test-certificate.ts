/**
 * A certificate for `localhost`, its own authority, for tests alone: no program trusts it. Made by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost`
 * with `localhost` and 127.0.0.1 as alternative names.
 */
export const testCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpDVSY706fUpgDWvZ
58iXNuRSEjNB+T0XJdCvqtwHqGmhRANCAATf+cWHuIudhgMEPi2UE2wkepk+XA+8
VEoE4CNZjFTNIR8Ft9V/wc6ciXU7K75WRUZOK8n1Troof7Suyc03w/ey
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUfmLHjI1HJMQyFuHh/IvXsUN6UFkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTExMjUyMVoYDzIxMjYxMDI4
MTEyNTIxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATf+cWHuIudhgMEPi2UE2wkepk+XA+8VEoE4CNZjFTNIR8Ft9V/wc6c
iXU7K75WRUZOK8n1Troof7Suyc03w/eyo28wbTAdBgNVHQ4EFgQUZyY5rqR4paBx
xv/oTh+/c+yhZp8wHwYDVR0jBBgwFoAUZyY5rqR4paBxxv/oTh+/c+yhZp8wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgcHBjIQEpra7taP4AooTHi1uiWjDq8rVb/PDgZNdCmkYCIQCr
Vp9TLjlqSR47xjlyGgISV732iKjikZvPosGye4jDaQ==
-----END CERTIFICATE-----
`,
}

/**
 * One for a client, which that authority vouches for: `openssl req` as above without `-x509`, then
 * `openssl x509 -req -CA … -CAkey … -days 36500` with `extendedKeyUsage=clientAuth`.
 */
export const testClientCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgt/Rfh5cD5s9jMrlD
CLCzRYIFAagD0egIOAIFKcz5c86hRANCAARcHAfn79+vMtfilIbBX7kiUHWVjwyO
kVAr5CsxCpu1NVTEwCekya2BemHmw6QH+Rstque28MxkRbtijEnmFSAI
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBgDCCASagAwIBAgIUVyJCuml4v/Kx3Tu0VncXkh1iRi0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTE4MTY1MFoYDzIxMjYxMDI4
MTgxNjUwWjARMQ8wDQYDVQQDDAZjbGllbnQwWTATBgcqhkjOPQIBBggqhkjOPQMB
BwNCAARcHAfn79+vMtfilIbBX7kiUHWVjwyOkVAr5CsxCpu1NVTEwCekya2BemHm
w6QH+Rstque28MxkRbtijEnmFSAIo1cwVTATBgNVHSUEDDAKBggrBgEFBQcDAjAd
BgNVHQ4EFgQUYgiuXfTek5qj52PfEK4Kqpq7BjswHwYDVR0jBBgwFoAUZyY5rqR4
paBxxv/oTh+/c+yhZp8wCgYIKoZIzj0EAwIDSAAwRQIhAIIdcT0cX5XFO5W7awqs
L8n3fYuygg07fqIHFgauo2YdAiA+YFSs6fSVhLo8caNMoO8J3ePh4kQVdFEiqNsb
iWi+6A==
-----END CERTIFICATE-----
`,
}
