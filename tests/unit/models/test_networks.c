/* Whole networks, with each of the encoders: the gradient of every weight, and prediction in one way or the other. */
#include <string.h>

#include "gradient.h"
#include "tensor/random.h"
#include "text/network.h"

enum { WORDS = 6, NGRAMS = 7, TEXTS = 4, DIM = 4, BAG = 3, LABELS = 3 };
struct network {
	struct model_network network;
	float *block, words[WORDS * DIM], ngrams[NGRAMS * BAG];
	struct model_network_text texts[TEXTS];
	struct model_network_work *work;
	struct model_network_dropout dropout;
	const struct model_network_text *batch[TEXTS];
};

static const uint32_t numbers[TEXTS] = {3, 1, 8, 5};

static void network_forward(struct network *net)
{
	struct model_network_tables tables = {net->words, net->ngrams};
	model_network_forward(net->work, &net->network, net->block, &tables, net->batch, TEXTS, &net->dropout, numbers);
}

static double network_loss(void *user)
{
	struct network *net = user;
	network_forward(net);
	return model_network_loss(net->work, &net->network, net->batch, TEXTS, 0.1f, 1.0f);
}

/* Rows that the batch did not touch have no gradient; the others one that the differences confirm. */
static void check_rows(struct network *net, float *table, size_t rows, size_t dim,
                       const struct model_row_gradient *gradient)
{
	g_autofree float *dense = g_new0(float, rows *dim);
	for (size_t i = 0; i < gradient->n; i++)
		memcpy(dense + gradient->rows[i] * dim, gradient->gradient + i * dim, dim * sizeof(float));
	check_gradient(rows * dim, table, dense, network_loss, net, 4e-3);
}

static void check_network(struct model_encoder encoder, float inner, uint64_t seed)
{
	static const uint32_t words[] = {0, 1, 2, MODEL_NO_ROW, 4, 1}, ngrams[] = {6, 0, 0, 3, 2};
	static const float soft[LABELS] = {0.3f, 0.6f, 0.1f};
	struct network net = {.network = {encoder, BAG, LABELS}, .dropout = {0.2f, 0.1f, 0.2f, inner, 42, 1}};
	net.texts[0] = (struct model_network_text){words, ngrams, 6, 5, 0, 1, NULL};
	net.texts[1] = (struct model_network_text){words + 2, ngrams + 1, 1, 2, 2, 2, NULL};
	net.texts[2] = (struct model_network_text){words, ngrams, 0, 0, 1, 1, NULL}; /* empty */
	net.texts[3] = (struct model_network_text){words + 3, ngrams + 3, 2, 1, 1, 0.5f, soft};
	for (size_t i = 0; i < TEXTS; i++)
		net.batch[i] = &net.texts[i];
	size_t n = model_network_weights(&net.network);
	net.block = g_new(float, n);
	model_network_init(&net.network, 7, net.block);
	struct model_random random = model_random_stream(seed, 0, 0);
	model_random_fill(&random, 1, net.words, WORDS * DIM);
	model_random_fill(&random, 1, net.ngrams, NGRAMS * BAG);
	for (size_t i = 0; i < n; i++) /* nothing is left at zero, where a wrong gradient could hide */
		net.block[i] += 0.1f * model_random_normal(&random);
	net.work = model_network_work_new(&net.network);

	g_autofree float *d_block = g_new0(float, n);
	struct model_row_gradient d_words, d_ngrams;
	model_row_gradient_init(&d_words, WORDS, DIM);
	model_row_gradient_init(&d_ngrams, NGRAMS, BAG);
	network_loss(&net);
	model_network_backward(net.work, &net.network, net.block, TEXTS, d_block);
	model_network_scatter(net.work, &d_words, &d_ngrams);
	g_assert_cmpuint(d_words.n, >=, 2);
	g_assert_cmpuint(d_ngrams.n, >=, 2);
	check_gradient(n, net.block, d_block, network_loss, &net, 4e-3);
	check_rows(&net, net.words, WORDS, DIM, &d_words);
	check_rows(&net, net.ngrams, NGRAMS, BAG, &d_ngrams);
	model_row_gradient_clear(&d_words);
	model_row_gradient_clear(&d_ngrams);
	model_network_work_free(net.work);
	g_free(net.block);
}

/* A maximum has kinks, over which differences mean nothing: the seeds are such that no step crosses one. */
static void test_cnn(void)
{
	check_network((struct model_encoder){.ops = &model_encoder_cnn, .dim = DIM, .conv = {DIM, 3, 2}}, 0, 21);
}

static void test_gru(void)
{
	check_network((struct model_encoder){.ops = &model_encoder_rnn, .dim = DIM, .rnn = {3, false, 7}}, 0.2f, 22);
}

static void test_lstm(void)
{
	check_network((struct model_encoder){.ops = &model_encoder_rnn, .dim = DIM, .rnn = {3, true, 6}}, 0.2f, 23);
}

static void test_attention(void)
{
	struct model_encoder encoder = {.ops = &model_encoder_transformer, .dim = DIM};
	for (int learned = 0; learned < 2; learned++) {
		encoder.transformer = (struct model_transformer){6, 2, 2, 5, learned, 7};
		check_network(encoder, 0.2f, 24);
	}
}

/* A text's logits do not depend on the texts beside it. */
static void test_alone(void)
{
	static const uint32_t words[] = {0, 1, 2, 3, 4, 5, 1, 0}, ngrams[] = {0, 1, 2, 3, 4, 5, 6, 0};
	const struct model_encoder encoders[] = {
	    {.ops = &model_encoder_cnn, .dim = DIM, .conv = {DIM, 3, 2}},
	    {.ops = &model_encoder_rnn, .dim = DIM, .rnn = {3, false, 7}},
	    {.ops = &model_encoder_rnn, .dim = DIM, .rnn = {3, true, 7}},
	    {.ops = &model_encoder_transformer, .dim = DIM, .transformer = {6, 2, 2, 5, false, 7}},
	};
	float word_rows[WORDS * DIM], ngram_rows[NGRAMS * BAG];
	struct model_random random = model_random_stream(3, 0, 0);
	model_random_fill(&random, 1, word_rows, WORDS * DIM);
	model_random_fill(&random, 1, ngram_rows, NGRAMS * BAG);
	struct model_network_tables tables = {word_rows, ngram_rows};
	for (size_t e = 0; e < G_N_ELEMENTS(encoders); e++) {
		struct model_network network = {encoders[e], BAG, LABELS};
		g_autofree float *block = g_new(float, model_network_weights(&network));
		model_network_init(&network, e + 1, block);
		struct model_network_work *work = model_network_work_new(&network);
		struct model_network_text texts[8];
		const struct model_network_text *batch[8];
		float together[8 * LABELS];
		for (size_t i = 0; i < 8; i++) {
			texts[i] = (struct model_network_text){words + i, ngrams, (7 * i) % 8 > 8 - i ? 8 - i : (7 * i) % 8, i, 0,
			                                       1,         NULL};
			batch[i] = &texts[i];
		}
		memcpy(together, model_network_forward(work, &network, block, &tables, batch, 8, NULL, NULL), sizeof together);
		for (size_t i = 0; i < 8; i++) {
			const float *alone = model_network_forward(work, &network, block, &tables, batch + i, 1, NULL, NULL);
			for (size_t k = 0; k < LABELS; k++)
				assert_near((double)alone[k], (double)together[i * LABELS + k], 1e-5);
		}
		model_network_work_free(work);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/network/cnn", test_cnn);
	g_test_add_func("/network/gru", test_gru);
	g_test_add_func("/network/lstm", test_lstm);
	g_test_add_func("/network/attention", test_attention);
	g_test_add_func("/network/alone", test_alone);
	return g_test_run();
}
