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
