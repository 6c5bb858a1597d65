import java.io.InputStream;
import java.io.OutputStream;
import java.security.*;
import javax.crypto.*;
import javax.crypto.spec.IvParameterSpec;
import javax.net.ssl.*;

/** Signs, verifies, encrypts and serves TLS with keys that lie in a token; the arguments are a configuration and a PIN. */
public class Keys {
    static final byte[] MESSAGE = "signed by Java".getBytes();

    public static void main(String[] args) throws Exception {
        System.out.println("Java " + System.getProperty("java.version"));
        Provider provider = Security.getProvider("SunPKCS11").configure(args[0]);
        Security.addProvider(provider);
        char[] pin = args[1].toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS11", provider);
        store.load(null, pin);
        check(store, provider, "rsa", "SHA256withRSA", "SHA512withRSA");
        check(store, provider, "ec", "SHA256withECDSA", "SHA384withECDSA");
        encrypt(provider);
        serve(store, pin);
        System.out.println("all is well");
    }

    static void check(KeyStore store, Provider provider, String alias, String... algorithms) throws Exception {
        PrivateKey key = (PrivateKey) store.getKey(alias, null);
        for (String algorithm : algorithms) {
            Signature signer = Signature.getInstance(algorithm, provider);
            signer.initSign(key);
            signer.update(MESSAGE);
            byte[] signature = signer.sign();
            // Without a provider's name, a public key that is not the token's is Java's own to check.
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(store.getCertificate(alias));
            verifier.update(MESSAGE);
            require(verifier.verify(signature), algorithm);
        }
    }

    static void encrypt(Provider provider) throws Exception {
        KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
        generator.init(256);
        SecretKey key = generator.generateKey();
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding", provider);
        IvParameterSpec iv = new IvParameterSpec(new byte[16]);
        cipher.init(Cipher.ENCRYPT_MODE, key, iv);
        byte[] sealed = cipher.doFinal(MESSAGE);
        cipher.init(Cipher.DECRYPT_MODE, key, iv);
        require(MessageDigest.isEqual(cipher.doFinal(sealed), MESSAGE), "AES");
    }

    static void serve(KeyStore store, char[] pin) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, pin);
        SSLContext server = SSLContext.getInstance("TLS");
        server.init(keys.getKeyManagers(), null, null);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (String alias : new String[] {"rsa", "ec"}) trusted.setCertificateEntry(alias, store.getCertificate(alias));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext client = SSLContext.getInstance("TLS");
        client.init(null, trust.getTrustManagers(), null);
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            try (SSLServerSocket listener = (SSLServerSocket) server.getServerSocketFactory().createServerSocket(0)) {
                Thread echo = new Thread(() -> {
                    try (SSLSocket peer = (SSLSocket) listener.accept()) {
                        peer.getOutputStream().write(peer.getInputStream().read());
                    } catch (Exception error) {
                        error.printStackTrace();
                    }
                });
                echo.start();
                try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", listener.getLocalPort())) {
                    socket.setEnabledProtocols(new String[] {version});
                    OutputStream out = socket.getOutputStream();
                    InputStream in = socket.getInputStream();
                    out.write(42);
                    require(in.read() == 42, version);
                }
                echo.join();
            }
        }
    }

    static void require(boolean holds, String what) {
        if (!holds) throw new IllegalStateException(what);
    }
}
