/* The native methods of org.distbelief.paramserver.kernel.NativeRules. The caller has checked buffers and lengths. */
#include <jni.h>

#include "rules.h"

/* The order of the constants of CompiledUpdate.Form. */
enum form { SGD, MOMENTUM, ADAGRAD };

static float *at(JNIEnv *env, jobject buffer, jint offset) {
    return buffer == NULL ? NULL : (float *)(*env)->GetDirectBufferAddress(env, buffer) + offset;
}

JNIEXPORT void JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_apply(
    JNIEnv *env, jclass self, jint form, jfloat a, jfloat b, jfloat c, jfloat d, jint length, jobject parameters,
    jobject first, jobject second, jint offset, jobject gradient, jint gradient_offset) {
    float *w = at(env, parameters, offset), *s = at(env, first, offset), *t = at(env, second, offset);
    const float *g = at(env, gradient, gradient_offset);
    switch (form) {
    case SGD:
        rule_sgd(length, a, w, g);
        break;
    case MOMENTUM:
        rule_momentum(length, a, b, w, s, g);
        break;
    case ADAGRAD:
        rule_adagrad(length, a, b, w, s, g);
        break;
    }
    (void)self, (void)t, (void)c, (void)d;
}

JNIEXPORT jboolean JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_finite(JNIEnv *env, jclass self,
                                                                                     jobject floats, jint offset,
                                                                                     jint length) {
    (void)self;
    return all_finite(length, at(env, floats, offset)) ? JNI_TRUE : JNI_FALSE;
}
